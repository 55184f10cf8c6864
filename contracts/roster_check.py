"""What is wrong with time zones, rosters and opening hours of a configuration, beyond the form of single values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

import holidays

from contracts.installation import Agent, Configuration
from contracts.rosters import Leave, Shift, minute_of

DAY_MIN = 24 * 60


def roster_complaint(configuration: Configuration) -> tuple[str, str] | None:
    """The key at fault and the complaint; None: nothing is wrong."""
    return next(_complaints(configuration), None)


def _complaints(configuration: Configuration) -> Iterator[tuple[str, str]]:
    if not is_zone(configuration.timezone):
        yield "timezone", "expected a time zone such as Europe/Amsterdam"
    yield from calendar_complaints("holidays", configuration.holidays)
    yield from _of_opening_hours(configuration)
    yield from _of_offers(configuration)
    for index, agent in enumerate(configuration.agents):
        yield from _of_agent(f"agents[{index}]", agent)


def _of_opening_hours(configuration: Configuration) -> Iterator[tuple[str, str]]:
    zones: dict[str, str] = {}
    for index, hours in enumerate(configuration.opening_hours):
        key, zone = f"opening_hours[{index}]", hours.timezone or configuration.timezone
        if hours.channel is None:
            yield f"{key}.channel", "expected a channel such as email"
        if hours.start == hours.until:
            yield f"{key}.until", "a period that ends when it begins: write 00:00 to 24:00 for a day"
        if hours.timezone is not None and not is_zone(hours.timezone):
            yield f"{key}.timezone", "expected a time zone such as Europe/Amsterdam"
        if zones.setdefault(hours.channel_path, zone) != zone:
            yield f"{key}.timezone", f"the other hours of this channel go by the clocks of {zones[hours.channel_path]}"


def _of_offers(configuration: Configuration) -> Iterator[tuple[str, str]]:
    teams = {team.ref for team in configuration.teams}
    seen: dict[tuple[str | None, str | None], int] = {}
    for index, where in enumerate(configuration.routing.offers_where):
        key = f"routing.offers_where[{index}]"
        if where.channel_path is None and where.team is None:
            yield key, "expected a channel, a team or both: what holds for all, `routing.offers` says"
        if where.channel_path is not None and where.channel is None:
            yield f"{key}.channel", "expected a channel such as email"
        if where.team is not None and where.team not in teams:
            yield f"{key}.team", f"there is no team {where.team!r}"
        about = (where.channel_path, where.team)
        if about in seen:
            yield key, f"routing.offers_where[{seen[about]}] is for the same channel and team"
        seen[about] = index


def _of_agent(key: str, agent: Agent) -> Iterator[tuple[str, str]]:
    if agent.timezone is not None and not is_zone(agent.timezone):
        yield f"{key}.timezone", "expected a time zone such as Europe/Amsterdam"
    yield from calendar_complaints(f"{key}.holidays", agent.holidays)
    for place, shift in enumerate(agent.shifts):
        yield from shift_complaints(f"{key}.shifts[{place}]", shift)
    yield from leave_complaints(f"{key}.leave", agent.leave, agent.shifts)


def leave_complaints(key: str, leave: Sequence[Leave], shifts: Sequence[Shift]) -> Iterator[tuple[str, str]]:
    """What is wrong with somebody's days off, by key below `key`."""
    if leave and not shifts:
        yield key, "leave of somebody without shifts, whose presence alone tells who is there"
    for place, days in enumerate(leave):
        if days.last < days.first:
            yield f"{key}[{place}].last", "leave that ends before it begins"


def shift_complaints(key: str, shift: Shift) -> Iterator[tuple[str, str]]:
    """What is wrong with a shift, by key below `key`."""
    start = minute_of(shift.start)
    length = (minute_of(shift.until) - start - 1) % DAY_MIN + 1
    if shift.start == shift.until:
        yield f"{key}.until", "a shift that ends when it begins: write 00:00 to 24:00 for a day"
    for place, pause in enumerate(shift.breaks):
        begins = (minute_of(pause.start) - start) % DAY_MIN
        ends = (minute_of(pause.until) - start - 1) % DAY_MIN + 1
        if not begins < ends <= length:
            yield f"{key}.breaks[{place}]", "a break lies within its shift"


def calendar_complaints(key: str, calendar: str | None) -> Iterator[tuple[str, str]]:
    """What is wrong with a calendar of holidays."""
    if calendar is None:
        return
    country, _, part = calendar.partition("-")
    known = holidays.list_supported_countries()
    if country not in known or (part and part not in known[country]):
        yield key, "expected a country such as NL, or a part of one such as DE-BY"


def is_zone(name: str) -> bool:
    """Whether there is a time zone of that name."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True
