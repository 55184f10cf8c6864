"""Technology without a domain word: storing, sealing, sequencing, relaying, watching. Imports nothing of services."""
