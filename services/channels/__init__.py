"""The front door: payloads in, replies out. Owns raw payloads, channel accounts, inbound contacts and deliveries."""
