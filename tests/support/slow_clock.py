"""Clocks as somebody would count them who has all the time in the world: minute by minute, with a calendar in hand.

It shares nothing with the clocks it is to check but the words: no stretches, no sums, no spans.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
HORIZON_MIN = 60 * 24 * 60


class Hours(NamedTuple):
    """Open on these weekdays (0: Monday), from one minute of the wall's day to another of the same day."""

    zone: str
    periods: tuple[tuple[frozenset[int], int, int], ...]
    closed: frozenset[date] = frozenset()

    def open_at(self, moment: datetime) -> bool:
        there = moment.astimezone(ZoneInfo(self.zone))
        minute = there.hour * 60 + there.minute
        return there.date() not in self.closed and any(
            there.weekday() in days and start <= minute < until for days, start, until in self.periods
        )


class Happening(NamedTuple):
    """One thing that happened. `what`: IN, OUT, ACK, WAIT, GO_ON, SOLVED, REOPENED (they came back), NOT_SOLVED."""

    minute: int
    what: str


class Counted(NamedTuple):
    """A clock: when it began, when it is due, when it was stopped, and how it stands."""

    kind: str
    started: int
    due: int
    stopped: int | None
    state: str


class _Counting:
    def __init__(self, kind: str, started: int) -> None:
        self.kind, self.started = kind, started
        self.stopped: int | None = None
        self.paused = False
        self.put_off = False
        self.ran: set[int] = set()

    @property
    def runs(self) -> bool:
        return self.stopped is None and not self.paused


def count(
    begin: datetime, story: list[Happening], now: int, targets: dict[str, int], hours: Hours | None
) -> dict[tuple[str, int], Counted]:
    """All clocks of a story at minute `now`, by kind and beginning; the minutes counted from `begin`."""
    clocks: list[_Counting] = []
    answered = False
    for minute in range(now + 1):
        for happening in story:
            if happening.minute == minute:
                answered = _happen(happening, clocks, answered=answered)
        for clock in clocks:
            if clock.runs and minute < now:
                clock.ran.add(minute)
    counted = [_counted(clock, begin, now, targets[clock.kind], hours) for clock in clocks]
    return {(each.kind, each.started): each for each in counted}


def _happen(happening: Happening, clocks: list[_Counting], *, answered: bool) -> bool:
    minute, what = happening
    asking = [clock for clock in clocks if clock.kind != "RESOLVE" and clock.stopped is None]
    resolve = next((clock for clock in clocks if clock.kind == "RESOLVE"), None)
    if what == "IN":
        if resolve is None:
            clocks.append(_Counting("RESOLVE", minute))
        if not asking:
            kinds = ["NEXT_ANSWER"] if answered else ["ACKNOWLEDGE", "FIRST_ANSWER"]
            clocks += [_Counting(kind, minute) for kind in kinds]
    for clock in asking:
        if what == "SOLVED" or _answers(clock, what):
            clock.stopped, clock.put_off = minute, what == "SOLVED"
    for clock in (one for one in clocks if one.put_off):
        _after_all(clock, what)
    if resolve is not None:
        _resolution(resolve, minute, what)
    return answered or what == "OUT"


def _resolution(resolve: _Counting, minute: int, what: str) -> None:
    if what == "WAIT":
        resolve.paused = True
    elif what == "SOLVED" and resolve.stopped is None:
        resolve.paused, resolve.stopped = False, minute
    elif what in {"GO_ON", "REOPENED", "NOT_SOLVED"}:
        resolve.paused, resolve.stopped = False, None


def _answers(clock: _Counting, what: str) -> bool:
    return what == "OUT" or (what == "ACK" and clock.kind == "ACKNOWLEDGE")


def _after_all(clock: _Counting, what: str) -> None:
    """What becomes of a clock that nothing stopped but that the matter was settled."""
    if what == "NOT_SOLVED":
        clock.stopped = None
    if what in {"REOPENED", "NOT_SOLVED"} or _answers(clock, what):
        clock.put_off = False


def _counted(clock: _Counting, begin: datetime, now: int, target: int, hours: Hours | None) -> Counted:
    """Behind the last minute in which it ran it is thought to run on: that is when it were due."""
    over = now if clock.runs else max(clock.ran, default=clock.started - 1) + 1
    used = 0
    for minute in range(clock.started, HORIZON_MIN):
        if (minute in clock.ran or minute >= over) and (hours is None or hours.open_at(begin + minute * MINUTE)):
            used += 1
            if used == target:
                due = minute + 1
                return Counted(clock.kind, clock.started, due, clock.stopped, _state(clock, late=over > due))
    raise AssertionError("the horizon is too near")


def _state(clock: _Counting, *, late: bool) -> str:
    if late:
        return "MISSED"
    if clock.stopped is not None:
        return "MET"
    return "PAUSED" if clock.paused else "RUNNING"
