"""By which clocks periods of budgets are counted, and since when.

A period that has begun goes on to the end it began with, whatever the configuration says of the time zone meanwhile:
else the same days would be granted twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from contracts.vocabulary import BudgetPeriod
from services.routing.domain.period import Period, period_of

HALF_A_DAY = timedelta(hours=12)
"""A midnight of other clocks is at most so far from ours, most of the time; and no day is shorter."""


class ZoneChange(msgspec.Struct, frozen=True):
    """From `since` on the file names the time zone `zone`."""

    zone: str
    since: datetime


class Calendar(msgspec.Struct, frozen=True):
    """The first zone, and what became of it since, in the order of time."""

    zone: ZoneInfo
    changes: tuple[ZoneChange, ...] = ()

    def period(self, kind: BudgetPeriod, at: datetime) -> Period:
        """The period that holds the moment `at`: each begins where the one before it ended."""
        zone, began = self.zone, None
        for following, starts in self._turns(kind):
            if starts > at:
                break
            zone, began = following, starts
        return _period(kind, at, zone, began)

    def _turns(self, kind: BudgetPeriod) -> Iterator[tuple[ZoneInfo, datetime]]:
        """From when on each later zone counts: the end of the period in which it was set."""
        zone, began = self.zone, None
        for change in self.changes:
            if began is None or change.since >= began:
                began = _period(kind, change.since, zone, began).end
            zone = ZoneInfo(change.zone)
            yield zone, began


def _period(kind: BudgetPeriod, at: datetime, zone: ZoneInfo, began: datetime | None) -> Period:
    """The period by that zone; the one at whose beginning it was not midnight there takes the rest along."""
    if began is not None:
        first = period_of(kind, began + HALF_A_DAY, zone)
        if at < first.end:
            return Period(start=began, end=first.end)
    return period_of(kind, at, zone)
