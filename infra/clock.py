"""The only place where time, ids and chance come from; everybody else gets them as arguments."""

from __future__ import annotations

import base64
import os
import secrets
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from asyncpg.pgproto.pgproto import UUID as PgUUID  # noqa: N811  (a UUID made in C)

if TYPE_CHECKING:
    from uuid import UUID

_RANDOM = secrets.SystemRandom()
_STORE_BYTES = 4096
_VERSION_7 = 0x7 << 76 | 0x2 << 62
_FREE = ~(0xF << 76 | 0x3 << 62)


class Chance(threading.local):
    """Bytes of the system's random source, fetched by the page: asking it each time costs a system call.

    Each thread has a page of its own, so that no two are given the same bytes.
    """

    def __init__(self) -> None:
        self._store = b""
        self._used = 0

    def take(self, count: int) -> bytes:
        """`count` bytes that nobody was given before, at most a page."""
        end = self._used + count
        if end > len(self._store):
            self._store, self._used, end = os.urandom(_STORE_BYTES), 0, count
        taken = self._store[self._used : end]
        self._used = end
        return taken

    def forget(self) -> None:
        """Throw the page away."""
        self._store, self._used = b"", 0


CHANCE = Chance()
# What the parent has in store its child may not give out a second time.
os.register_at_fork(after_in_child=CHANCE.forget)


class SystemClock:
    """The time of this machine."""

    def now(self) -> datetime:
        """Now, in UTC, to the microsecond."""
        return datetime.now(UTC)  # noqa: TID251  (this is the edge)

    def monotonic_ms(self) -> int:
        """Milliseconds that never go back; only differences mean something."""
        return time.monotonic_ns() // 1_000_000


class SystemIds:
    """Time-ordered ids (RFC 9562, version 7): new rows land beside each other in an index."""

    def new(self) -> UUID:
        """Make an id that no one has: 48 bits of Unix milliseconds, the rest random."""
        number = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(CHANCE.take(10), "big")
        return PgUUID((number & _FREE | _VERSION_7).to_bytes(16, "big"))


class SystemTokens:
    """What nobody can guess: 192 bits, as letters, digits, `-` and `_`."""

    def new(self) -> str:
        """Make one that no one knows."""
        return base64.urlsafe_b64encode(CHANCE.take(24)).decode("ascii")


def jittered_delay_ms(attempt: int, *, delay_ms_base: int, delay_ms_max: int) -> float:
    """How long to wait after failed attempt `attempt` (from 1): doubling, bounded, at random from half to all."""
    whole: int = min(delay_ms_max, delay_ms_base << min(attempt - 1, 30))
    return whole * _RANDOM.uniform(0.5, 1.0)
