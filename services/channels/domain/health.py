"""How our accounts do: when it is news, and when silence is one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.rosters import Shift, minute_of
from contracts.stored import Stream
from contracts.vocabulary import id_of
from services.channels.domain.health_facts import FirstObserved, Health, Observed

TOLD_EVERY = timedelta(minutes=5)
"""How often it is told at most that all is as well as ever."""

LOOK_BACK_MAX = timedelta(days=31)


class AccountHealth(Stream):
    """How one account did when that was last told."""

    TOPIC = "channels.health"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "channels.health.created.never"

    def __init__(self, account_id: UUID, health: Health) -> None:
        self.account_id = account_id
        self.health = health
        self.told_at = self.created_on

    @classmethod
    def begin(cls, account_id: UUID, health: Health, *, at: datetime) -> AccountHealth:
        """Record the first look."""
        return cls._create(
            FirstObserved, id=health_id_of(account_id), timestamp=at, account_id=account_id, health=health
        )

    def observe(self, health: Health, *, at: datetime) -> None:
        """Record a look, where it is news: at once what is wrong or right again, the rest now and then."""
        if health == self.health:
            return
        if _alarms(health) != _alarms(self.health) or at - self.told_at >= TOLD_EVERY:
            self.trigger_event(Observed, timestamp=at, account_id=self.account_id, health=health)


def health_id_of(account_id: UUID) -> UUID:
    """The stream of an account's health."""
    return id_of("health", str(account_id))


def silent_since(
    last_received_at: datetime | None,
    *,
    at: datetime,
    alarm_minutes: int | None,
    opening_hours: tuple[Shift, ...],
    timezone: str,
) -> datetime | None:
    """Since when nothing came in, where that is longer than it should be: only the time counts in which it is open.

    An account by which nothing ever came is not silent but new.
    """
    if alarm_minutes is None or last_received_at is None:
        return None
    begin = max(last_received_at, at - LOOK_BACK_MAX)
    open_for = at - begin if not opening_hours else _open_between(begin, at, opening_hours, ZoneInfo(timezone))
    return last_received_at if open_for >= timedelta(minutes=alarm_minutes) else None


def _open_between(begin: datetime, end: datetime, hours: Iterable[Shift], zone: ZoneInfo) -> timedelta:
    """How long it was open; periods that overlap count once."""
    spans = sorted(span for shift in hours for span in _spans(begin, end, shift, zone))
    total, reached = timedelta(0), begin
    for start, until in spans:
        total += max(timedelta(0), min(until, end) - max(start, reached))
        reached = max(reached, min(until, end))
    return total


def _spans(begin: datetime, end: datetime, shift: Shift, zone: ZoneInfo) -> Iterable[tuple[datetime, datetime]]:
    """The periods of the shift that may touch these moments, in UTC; an end not behind the start is of the next day."""
    day = begin.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None) - timedelta(days=1)
    last = end.astimezone(zone).replace(tzinfo=None)
    first_minute, last_minute = minute_of(shift.start), minute_of(shift.until)
    if last_minute <= first_minute:
        last_minute += 24 * 60
    while day <= last:
        if day.weekday() in shift.weekdays:
            times = (day + timedelta(minutes=minute) for minute in (first_minute, last_minute))
            start, until = (time.replace(tzinfo=zone).astimezone(end.tzinfo) for time in times)
            yield start, until
        day += timedelta(days=1)


def _alarms(health: Health) -> tuple[str | None, bool]:
    return (health.trouble, health.silent_since is not None)
