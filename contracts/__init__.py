"""What services may say to each other: frozen types and words, no I/O. Imports nothing of infra or services."""
