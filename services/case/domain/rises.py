"""What is written about more than usual, on record: told once when it begins and once when it is over.

One stream, so that any number of watchers tell it once. What begins has to be far more unusual than what goes on, so
that nothing is told again and again while it lies on the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.rise import Rise
from contracts.stored import Fact, FirstFact, Stream
from contracts.vocabulary import id_of

RISES_ID: UUID = id_of("rises", "case")
COUNTED_MIN = 5
"""Fewer are nobody's business, however unusual."""
BEGINS_ONCE_IN = 100
"""Times as many comparisons as are made at once: so seldom does chance alone begin a rise."""
GOES_ON_ONCE_IN = 10
ROSE_COUNT_MAX = 50
"""Of one look; the others are told by the next one."""


class RisesNoted(FirstFact):
    """For the first time something is written about more than usual."""

    TOPIC = "rises.noted.v1"
    rose: tuple[Rise, ...]


class RisesTurned(Fact):
    """Something else is written about more than usual, or something is not any more."""

    TOPIC = "rises.turned.v1"
    rose: tuple[Rise, ...]
    ended: tuple[Rise, ...]

    def apply(self, aggregate: Rises) -> None:
        """Take it over."""
        left = [each for each in aggregate.rising if not any(each.is_about(over) for over in self.ended)]
        aggregate.rising = (*left, *self.rose)


class Rises(Stream):
    """The one stream of them. It begins with the first one."""

    TOPIC = "rises"

    class Created(Stream.Created):
        """Never raised: it begins with RisesNoted."""

        TOPIC = "rises.created.never"

    def __init__(self, rose: tuple[Rise, ...]) -> None:
        self.rising = rose

    @classmethod
    def begin(cls, rose: tuple[Rise, ...], *, at: datetime) -> Rises:
        """Put the first ones on record."""
        return cls._create(RisesNoted, id=RISES_ID, timestamp=at, rose=rose)

    def turn(self, rose: tuple[Rise, ...], ended: tuple[Rise, ...], *, at: datetime) -> None:
        """Put on record what changed; nothing did: nothing."""
        if rose or ended:
            self.trigger_event(RisesTurned, timestamp=at, rose=rose, ended=ended)


def turned(rising: Sequence[Rise], seen: Sequence[Rise]) -> tuple[tuple[Rise, ...], tuple[Rise, ...]]:
    """What rises that did not, and what does not any more, of all that is seen now.

    What is not seen, or not with its figures, is over: nobody could tell otherwise when it is.
    """
    line = BEGINS_ONCE_IN * max(1, len(seen))
    new = (each for each in seen if _lies_above(each, line) and not any(each.is_about(known) for known in rising))
    rose = sorted((each for each in new if (each.counted or 0) >= COUNTED_MIN), key=_unusual, reverse=True)
    ended = []
    for known in rising:
        now = next((each for each in seen if each.is_about(known)), None)
        if now is None or not _lies_above(now, GOES_ON_ONCE_IN):
            ended.append(now or msgspec.structs.replace(known, counted=None, usual=None, once_in=None))
    return tuple(rose[:ROSE_COUNT_MAX]), tuple(ended)


def _lies_above(each: Rise, once_in: int) -> bool:
    if each.counted is None or each.usual is None or each.once_in is None:
        return False
    return each.counted > each.usual and each.once_in >= once_in


def _unusual(each: Rise) -> tuple[int, int]:
    return each.once_in or 0, each.counted or 0
