"""Rosters and opening hours as people write them, and the working time that follows: time zones, leave and all.

Wall-clock times are those of the roster's zone. Where the clock goes back, a time that comes twice is its first; where
it goes forward, a time that never comes is an hour later. So shifts that meet on the clock meet in time, and a night
shift over the change is an hour longer or shorter, as it is for the people in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
import msgspec

from contracts.working_time import WorkingTime, working_time

FORESEEN_DAYS = 15
"""How far ahead duty is looked at: further than any target."""
PAST_DAYS = 2
CALENDARS_COUNT_MAX = 256


class Break(msgspec.Struct, frozen=True):
    """A pause in a shift, in minutes since midnight; one that begins before its shift is of the next day."""

    start_min: int
    end_min: int


class Shift(msgspec.Struct, frozen=True):
    """A period on some days of each week (0: Monday), in minutes since midnight.

    An end that is not behind its start is of the next day.
    """

    days: tuple[int, ...]
    start_min: int
    end_min: int
    breaks: tuple[Break, ...] = ()


class Leave(msgspec.Struct, frozen=True):
    """Days off, both included. A shift belongs to the day on which it begins."""

    first: date
    last: date


class Roster(msgspec.Struct, frozen=True):
    """When somebody works, or a channel is open. `holidays`: a country's public ones are off, as `NL` or `DE-BY`."""

    zone: str
    shifts: tuple[Shift, ...] = ()
    leave: tuple[Leave, ...] = ()
    holidays: str | None = None


def duty(roster: Roster, day: date, days: int = PAST_DAYS + FORESEEN_DAYS) -> WorkingTime:
    """The working time of the shifts that begin in so many days around `day`: PAST_DAYS of them before it.

    Shifts that overlap count once, and a break in any of them is off.
    """
    zone = ZoneInfo(roster.zone)
    first = day - timedelta(days=PAST_DAYS)
    on: list[tuple[float, float]] = []
    off: list[tuple[float, float]] = []
    for date_ in (first + timedelta(days=ahead) for ahead in range(days)):
        if any(leave.first <= date_ <= leave.last for leave in roster.leave) or is_holiday(roster.holidays, date_):
            continue
        for shift in roster.shifts:
            if date_.weekday() in shift.days:
                on.append(_span(date_, shift.start_min, shift.end_min, zone))
                off.extend(_breaks(shift, date_, zone))
    return working_time(on).without(working_time(off))


def is_holiday(calendar: str | None, day: date) -> bool:
    """Whether it is a public holiday of that country, or of that part of it."""
    return calendar is not None and day in _holidays(calendar, day.year)


@lru_cache(maxsize=CALENDARS_COUNT_MAX)
def _holidays(calendar: str, year: int) -> frozenset[date]:
    country, _, part = calendar.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))


def _breaks(shift: Shift, day: date, zone: ZoneInfo) -> Iterator[tuple[float, float]]:
    for pause in shift.breaks:
        later = timedelta(days=int(pause.start_min < shift.start_min))
        yield _span(day + later, pause.start_min, pause.end_min, zone)


def _span(day: date, start_min: int, end_min: int, zone: ZoneInfo) -> tuple[float, float]:
    end_day = day if end_min > start_min else day + timedelta(days=1)
    return _moment(day, start_min, zone), _moment(end_day, end_min, zone)


def _moment(day: date, minute: int, zone: ZoneInfo) -> float:
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  (a time on the wall: its zone comes next)
    return (midnight + timedelta(minutes=minute)).replace(tzinfo=zone).timestamp()
