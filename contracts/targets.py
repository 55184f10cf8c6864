"""How soon a matter is to be acknowledged, answered and resolved, as the configuration file says it, and when that is.

Who counts the clocks of a case and who decides how long a case may wait for somebody go by the same targets, and by the
same opening hours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated, Literal

import msgspec

from contracts.duty import PAST_DAYS, Roster, duty
from contracts.vocabulary import Channel, ClockKind, Priority
from contracts.working_time import WorkingTime

MINUTE_S = 60.0
FORESEEN_YEARS = 3
YEAR_DAYS_MAX = 366
YEARS_COUNT_MAX = 64
TARGETS_COUNT_MAX = 500
TargetMinutes = Annotated[float, msgspec.Meta(ge=0, le=366 * 24 * 60)]
RISING = (Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.URGENT)
PriorityWord = Literal["low", "normal", "high", "urgent"]


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is agreed for the cases of a team, brand, channel or priority; a criterion that is absent fits all.

    Of the targets that fit a case and say something of a clock, the one with the most criteria counts; then a team
    goes before a brand, a brand before a channel, a channel before a priority. A number of 0: no such clock.
    `warn_at`: the part of the target after which a warning is given. `warned_priority`: a case that is warned of is of
    that priority at least; absent: as it was. `opening_hours`: only time in which the channel
    is open counts.
    """

    team: str | None = None
    brand: str | None = None
    channel_path: str | None = msgspec.field(name="channel", default=None)
    priority_word: PriorityWord | None = msgspec.field(name="priority", default=None)
    acknowledge_min: TargetMinutes | None = None
    first_answer_min: TargetMinutes | None = None
    next_answer_min: TargetMinutes | None = None
    resolve_min: TargetMinutes | None = None
    warn_at: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.75
    warned_priority_word: PriorityWord | None = msgspec.field(name="warned_priority", default=None)
    opening_hours: bool = True

    @property
    def channel(self) -> Channel | None:
        """The channel in the word that is stored and sent; None: any, or there is none of that name."""
        return None if self.channel_path is None else Channel.from_path(self.channel_path)

    @property
    def criteria(self) -> tuple[str | None, ...]:
        """What it is for, the weightiest first."""
        return self.team, self.brand, self.channel_path, self.priority_word

    def minutes(self, kind: ClockKind) -> float | None:
        """What it says of a clock; None: nothing."""
        match kind:
            case ClockKind.ACKNOWLEDGE:
                return self.acknowledge_min
            case ClockKind.FIRST_ANSWER:
                return self.first_answer_min
            case ClockKind.NEXT_ANSWER:
                return self.next_answer_min
            case ClockKind.RESOLVE:
                return self.resolve_min
            case ClockKind.COMMITMENT:
                return None


TARGET_DEFAULT = Target(first_answer_min=180.0, next_answer_min=180.0, resolve_min=2400.0)
"""Where the file says nothing: an answer within three hours, a solution within a working week of forty."""


class Matter(msgspec.Struct, frozen=True):
    """What of a case, or of a contact in it, targets look at."""

    channel: Channel
    priority: Priority = Priority.NORMAL
    team: str | None = None
    brand: str | None = None


class Terms(msgspec.Struct, frozen=True):
    """A target that was found: how long, and in which time. `hours` None: the clock on the wall counts."""

    target_s: float
    warn_s: float
    hours: Roster | None = None

    def due(self, at: float, left_s: float) -> float:
        """When so much time has passed since `at`; where no opening hours are foreseen, the clock alone counts."""
        due = None if self.hours is None else open_time(self.hours, _year(at)).spent(at, left_s)
        return at + left_s if due is None else due

    def used_s(self, start: float, end: float) -> float:
        """How much of the time between these moments counts."""
        return end - start if self.hours is None else open_time(self.hours, _year(start)).between_s(start, end)


class ServiceLevels(msgspec.Struct, frozen=True):
    """All targets, and when channels are open; one that is not named is open always."""

    targets: tuple[Target, ...] = ()
    hours: Mapping[Channel, Roster] = {}

    def terms(self, kind: ClockKind, matter: Matter) -> Terms | None:
        """What is agreed for a clock in this matter; None: nothing is, so that no such clock runs."""
        target = self._target(kind, matter)
        target_s = (target.minutes(kind) or 0.0) * MINUTE_S
        if not target_s:
            return None
        hours = self.hours.get(matter.channel) if target.opening_hours else None
        return Terms(target_s=target_s, warn_s=target_s * target.warn_at, hours=hours)

    def first_due(self, matter: Matter, at: datetime) -> datetime | None:
        """When a new case is due first; None: nothing is agreed."""
        kinds = (ClockKind.ACKNOWLEDGE, ClockKind.FIRST_ANSWER, ClockKind.RESOLVE)
        agreed = [terms for kind in kinds if (terms := self.terms(kind, matter)) is not None]
        if not agreed:
            return None
        return datetime.fromtimestamp(min(terms.due(at.timestamp(), terms.target_s) for terms in agreed), UTC)

    def look_ahead(self, now: datetime) -> None:
        """Work out the opening hours to come before anybody waits for that."""
        for roster in self.hours.values():
            open_time(roster, now.year)

    @property
    def general_answer_min(self) -> float | None:
        """Within how many minutes the first answer is due where nothing particular is agreed."""
        general = [*self.targets, TARGET_DEFAULT]
        found = (target.first_answer_min for target in general if not any(target.criteria))
        return next((minutes for minutes in found if minutes is not None), None) or None

    def warned_priority(self, kind: ClockKind, matter: Matter) -> Priority | None:
        """Of which priority a matter is to be at least once that clock comes to its warning; None: as it is."""
        word = self._target(kind, matter).warned_priority_word
        wanted = None if word is None else Priority(word.upper())
        if wanted is None or RISING.index(wanted) <= RISING.index(matter.priority):
            return None
        return wanted

    def _target(self, kind: ClockKind, matter: Matter) -> Target:
        return max(self._fitting(kind, matter), key=_weight, default=TARGET_DEFAULT)

    def _fitting(self, kind: ClockKind, matter: Matter) -> Iterator[Target]:
        for target in self.targets:
            if target.minutes(kind) is not None and _fits(target, matter):
                yield target


def _fits(target: Target, matter: Matter) -> bool:
    is_at = (matter.team, matter.brand, matter.channel.path, matter.priority.value.lower())
    return all(wished is None or wished == real for wished, real in zip(target.criteria, is_at, strict=True))


def _weight(target: Target) -> tuple[int, tuple[bool, ...]]:
    given = tuple(criterion is not None for criterion in target.criteria)
    return sum(given), given


@lru_cache(maxsize=YEARS_COUNT_MAX)
def open_time(roster: Roster, year: int) -> WorkingTime:
    """When it is open from the beginning of that year on, for FORESEEN_YEARS; remembered."""
    return duty(roster, date(year, 1, 1), days=PAST_DAYS + FORESEEN_YEARS * YEAR_DAYS_MAX)


def _year(at: float) -> int:
    return datetime.fromtimestamp(at, UTC).year
