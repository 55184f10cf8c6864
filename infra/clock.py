"""The only place where time, ids and chance come from; everybody else gets them as arguments."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from uuid import UUID

_RANDOM = secrets.SystemRandom()


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
        number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
        number = number & ~(0xF << 76) | 0x7 << 76
        number = number & ~(0x3 << 62) | 0x2 << 62
        return UUID(int=number)


def jittered_delay_ms(attempt: int, *, delay_ms_base: int, delay_ms_max: int) -> float:
    """How long to wait after failed attempt `attempt` (from 1): doubling, bounded, at random from half to all."""
    whole: int = min(delay_ms_max, delay_ms_base << min(attempt - 1, 30))
    return whole * _RANDOM.uniform(0.5, 1.0)
