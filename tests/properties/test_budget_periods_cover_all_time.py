"""Calendar periods: every moment lies in exactly one, whatever the clocks of the zone do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from contracts.vocabulary import BudgetPeriod
from services.routing.domain.calendar import Calendar, ZoneChange
from services.routing.domain.period import period_of

ZONES = st.sampled_from(
    ["Europe/Amsterdam", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "America/Sao_Paulo", "UTC"]
).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2040, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001  (hypothesis wants naive bounds)
KINDS = st.sampled_from(BudgetPeriod)


@given(KINDS, MOMENTS, ZONES)
def test_a_moment_lies_in_its_period_and_both_ends_are_midnights(
    kind: BudgetPeriod, at: datetime, zone: ZoneInfo
) -> None:
    period = period_of(kind, at, zone)
    assert period.start <= at < period.end
    assert period.start.tzinfo is UTC
    # Where a day begins at one o'clock because the clocks went on at midnight, its period does too.
    assert period.start.astimezone(zone).hour in (0, 1)
    assert period_of(kind, period.start, zone) == period
    assert period_of(kind, period.end - timedelta(microseconds=1), zone) == period


@given(KINDS, MOMENTS, ZONES)
def test_periods_follow_each_other_without_gap_or_overlap(kind: BudgetPeriod, at: datetime, zone: ZoneInfo) -> None:
    period = period_of(kind, at, zone)
    assert period_of(kind, period.end, zone).start == period.end


@given(MOMENTS, ZONES)
def test_a_week_begins_on_monday(at: datetime, zone: ZoneInfo) -> None:
    monday = period_of(BudgetPeriod.WEEK, at, zone).start.astimezone(zone)
    assert monday.weekday() == 0


def test_the_week_in_which_summer_time_ends_is_an_hour_longer() -> None:
    week = period_of(BudgetPeriod.WEEK, datetime(2026, 10, 22, tzinfo=UTC), ZoneInfo("Europe/Amsterdam"))
    assert week.end - week.start == timedelta(days=7, hours=1)


def test_a_quarter_is_three_months_and_a_year_twelve() -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    at = datetime(2026, 11, 21, tzinfo=UTC)
    quarter = period_of(BudgetPeriod.QUARTER, at, zone)
    assert (quarter.start.astimezone(zone).month, quarter.end.astimezone(zone).month) == (10, 1)
    year = period_of(BudgetPeriod.YEAR, at, zone)
    assert (year.start.astimezone(zone).year, year.end.astimezone(zone).year) == (2026, 2027)


CHANGES = st.lists(st.tuples(MOMENTS, ZONES), max_size=4).map(
    lambda changes: tuple(ZoneChange(str(zone), at) for at, zone in sorted(changes, key=lambda change: change[0]))
)


@given(KINDS, MOMENTS, ZONES, CHANGES)
def test_periods_follow_each_other_though_the_time_zone_changes(
    kind: BudgetPeriod, at: datetime, zone: ZoneInfo, changes: tuple[ZoneChange, ...]
) -> None:
    calendar = Calendar(zone, changes)
    for moment in (at, *(change.since for change in changes)):
        period = calendar.period(kind, moment)
        assert period.start <= moment < period.end
        assert calendar.period(kind, period.start) == period
        assert calendar.period(kind, period.end - timedelta(microseconds=1)) == period
        assert calendar.period(kind, period.end).start == period.end


@given(KINDS, ZONES, st.lists(st.tuples(MOMENTS, ZONES), min_size=1, max_size=4))
def test_a_period_that_has_begun_ends_as_it_began_though_the_time_zone_changes(
    kind: BudgetPeriod, zone: ZoneInfo, changes: list[tuple[datetime, ZoneInfo]]
) -> None:
    calendar = Calendar(zone)
    for at, following in sorted(changes, key=lambda change: change[0]):
        begun = calendar.period(kind, at)
        calendar = Calendar(calendar.zone, (*calendar.changes, ZoneChange(str(following), at)))
        assert calendar.period(kind, at) == begun


def test_after_a_change_of_the_time_zone_the_next_week_ends_by_the_new_clocks() -> None:
    west = Calendar(ZoneInfo("Europe/Amsterdam"), (ZoneChange("Europe/London", datetime(2026, 11, 25, tzinfo=UTC)),))
    week = west.period(BudgetPeriod.WEEK, datetime(2026, 11, 29, 23, 30, tzinfo=UTC))
    assert (week.start, week.end) == (datetime(2026, 11, 29, 23, tzinfo=UTC), datetime(2026, 12, 7, tzinfo=UTC))
    east = Calendar(ZoneInfo("Europe/London"), (ZoneChange("Europe/Amsterdam", datetime(2026, 11, 25, tzinfo=UTC)),))
    week = east.period(BudgetPeriod.WEEK, datetime(2026, 11, 30, 0, 30, tzinfo=UTC))
    assert (week.start, week.end) == (datetime(2026, 11, 30, tzinfo=UTC), datetime(2026, 12, 6, 23, tzinfo=UTC))
