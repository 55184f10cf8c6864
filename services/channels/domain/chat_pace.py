"""How much one page may say, and how many pages may be on the line."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import msgspec


class ChatLimits(msgspec.Struct, frozen=True):
    """`burst_max` frames at once, then `frames_per_s_max`; `floods_max` refused frames end it.

    A page says hello within `hello_s_max`, is asked every `ping_every_s` whether it is there, and is let go when it
    said nothing for `silence_s_max`.
    """

    frames_per_s_max: float = 2.0
    burst_max: int = 10
    floods_max: int = 50
    hello_s_max: float = 10.0
    ping_every_s: float = 25.0
    silence_s_max: float = 75.0
    sockets_per_account_max: int = 2000
    sockets_per_address_max: int = 20


class Pace:
    """The allowance of one socket: it grows with time, up to a burst, and each frame takes one of it."""

    def __init__(self, limits: ChatLimits, now: datetime) -> None:
        self._limits = limits
        self._left = float(limits.burst_max)
        self._at = now
        self.floods = 0

    def take(self, now: datetime) -> timedelta | None:
        """None: go on. Else the frame is refused, and how long until the next one is not."""
        grown = max((now - self._at).total_seconds(), 0.0) * self._limits.frames_per_s_max
        self._left, self._at = min(self._left + grown, float(self._limits.burst_max)), now
        if self._left >= 1:
            self._left -= 1
            return None
        self.floods += 1
        return timedelta(seconds=(1 - self._left) / self._limits.frames_per_s_max)


class Places:
    """Who takes up a place: sockets are counted per account and per address, whoever holds them."""

    def __init__(self, limits: ChatLimits) -> None:
        self._limits = limits
        self._accounts: Counter[UUID] = Counter()
        self._addresses: Counter[str] = Counter()

    def take(self, account_id: UUID, address: str) -> bool:
        """Whether there was one left; it is then to be given back."""
        if (
            self._accounts[account_id] >= self._limits.sockets_per_account_max
            or self._addresses[address] >= self._limits.sockets_per_address_max
        ):
            return False
        self._accounts[account_id] += 1
        self._addresses[address] += 1
        return True

    def give_back(self, account_id: UUID, address: str) -> None:
        """The socket is gone; nobody is remembered for it."""
        self._accounts[account_id] -= 1
        self._addresses[address] -= 1
        if self._accounts[account_id] <= 0:
            del self._accounts[account_id]
        if self._addresses[address] <= 0:
            del self._addresses[address]
