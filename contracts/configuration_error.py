"""What is wrong with a configuration, and with which key of it."""

from __future__ import annotations


class ConfigurationError(Exception):
    """The configuration cannot be used. `key` is the key at fault as written: `agents[0].budgets[0].amount`."""

    def __init__(self, key: str, complaint: str) -> None:
        super().__init__(f"{key}: {complaint}" if key else complaint)
        self.key = key
        self.complaint = complaint
