"""Calendar periods of budgets in the configured time zone; weeks begin on Monday."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from contracts.vocabulary import BudgetPeriod

MONTHS_PER_QUARTER = 3
MONTHS_PER_YEAR = 12


class Period(msgspec.Struct, frozen=True):
    """A stretch of time from `start` (included) to `end` (excluded), both in UTC."""

    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        """Whether that moment lies in the period."""
        return self.start <= at < self.end


def period_of(kind: BudgetPeriod, at: datetime, zone: ZoneInfo) -> Period:
    """The calendar period that holds the moment `at`, by the clocks of `zone`: a day of 23 or 25 hours is one day."""
    first = _first_day(kind, at.astimezone(zone).date())
    return Period(start=_midnight(first, zone), end=_midnight(_first_day_after(kind, first), zone))


def _first_day(kind: BudgetPeriod, day: date) -> date:
    match kind:
        case BudgetPeriod.DAY:
            return day
        case BudgetPeriod.WEEK:
            return day - timedelta(days=day.weekday())
        case BudgetPeriod.MONTH:
            return day.replace(day=1)
        case BudgetPeriod.QUARTER:
            return day.replace(month=(day.month - 1) // MONTHS_PER_QUARTER * MONTHS_PER_QUARTER + 1, day=1)
        case BudgetPeriod.YEAR:
            return day.replace(month=1, day=1)


def _first_day_after(kind: BudgetPeriod, first: date) -> date:
    match kind:
        case BudgetPeriod.DAY:
            return first + timedelta(days=1)
        case BudgetPeriod.WEEK:
            return first + timedelta(days=7)
        case BudgetPeriod.MONTH:
            return _months_later(first, 1)
        case BudgetPeriod.QUARTER:
            return _months_later(first, MONTHS_PER_QUARTER)
        case BudgetPeriod.YEAR:
            return _months_later(first, MONTHS_PER_YEAR)


def _months_later(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, MONTHS_PER_YEAR)
    return first.replace(year=first.year + years, month=month + 1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
