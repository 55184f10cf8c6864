"""One clock of a case: how long something may take, and how long it took."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import Channel, ClockKind, ClockState

ClockKey = str
"""What tells a clock from the others of its case: its kind and what it is for."""


def clock_key(kind: ClockKind, of: UUID) -> ClockKey:
    """The key of a clock."""
    return f"{kind.value} {of}"


class CaseClock(msgspec.Struct, frozen=True, kw_only=True):
    """A clock against its target.

    `of`: what it is for: the contact that is to be answered, the promise, the case that is to be resolved. `due_at` of
    one that is paused: when it were due if it went on at once. `target_s` counts opening hours where
    `in_opening_hours`; `paused_s` is time on the wall. A promise has no target but its own moment.
    """

    kind: ClockKind
    of: UUID
    state: ClockState
    started_at: datetime
    due_at: datetime
    warn_at: datetime
    stopped_at: datetime | None = None
    paused_s: float = 0.0
    channel: Channel | None = None
    target_s: float | None = None
    in_opening_hours: bool = False

    @property
    def key(self) -> ClockKey:
        """What tells it from the other clocks of its case."""
        return clock_key(self.kind, self.of)

    @property
    def is_pressing(self) -> bool:
        """Whether we are to move because of it: it runs, or ran out and was not stopped."""
        return self.state is ClockState.RUNNING or (self.state is ClockState.MISSED and self.stopped_at is None)
