"""The loops that do I/O: keeping payloads, reading them, sending replies, and what must be looked after."""
