"""Trends out of real tables: what is written about more, or less, than usual, and how it is meant."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from infra.migrate import migrate
from infra.postgres import open_pool
from services.case.app import MIGRATIONS
from services.case.domain.report_rules import ReportKind, ReportRules
from services.case.queries.database import Database
from services.case.queries.reports import report_rows
from tests.integration.told_tables import DAY, SINCE, UNTIL, Told, only

WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)


@pytest.fixture
async def told(database: str) -> AsyncIterator[Told]:
    pool = await open_pool(database, application_name="test")
    await migrate(pool, *MIGRATIONS)
    yield Told(pool)
    await pool.close()


async def weeks(told: Told, class_: str, each: int, *, of: int = 8, feeling: float = 0.0) -> None:
    """So many of a class in each of the weeks before the last one."""
    for ago in range(1, of + 1):
        for number in range(each):
            await told.says(UNTIL - (ago + 1) * WEEK + (number + 1) * HOUR, class_, feeling)


async def test_s105_what_is_written_about_more_than_usual_comes_first_and_says_how_unusual_it_is(told: Told) -> None:
    await weeks(told, "BUYING_SIGNAL", 1)
    await weeks(told, "QUESTION", 5)
    for number in range(8):
        await told.says(UNTIL - DAY + number * HOUR, "BUYING_SIGNAL")
    for number in range(6):
        await told.says(UNTIL - 2 * DAY + number * HOUR, "QUESTION")
    signal, question = await told.report(ReportKind.TRENDS)
    assert only(signal, "brand", "channel", "class", "cause") == ("shop", "EMAIL", "BUYING_SIGNAL", None)
    assert only(signal, "period_days", "periods", "counted", "usual") == (7, 7, 8, 1.0), "whole weeks that are known"
    assert signal["trend"] == "RISE"
    assert 1_000 < signal["once_in"] < 1_000_000
    assert only(question, "class", "counted", "usual", "trend", "once_in") == ("QUESTION", 6, 5.0, "NONE", 1)


async def test_s105_what_is_not_heard_any_more_is_a_fall(told: Told) -> None:
    await weeks(told, "COMPLAINT", 6, feeling=-0.5)
    (complaint,) = await told.report(ReportKind.TRENDS)
    assert only(complaint, "counted", "usual", "trend") == (0, 6.0, "FALL")
    assert only(complaint, "feeling_permille", "feeling_usual_permille") == (None, -1_000)


async def test_s088_mentions_count_and_the_feeling_is_beside_the_usual_one(told: Told) -> None:
    await told.pool.execute(
        "INSERT INTO channel_accounts (account_id, channel, account, name, brand, active)"
        " VALUES ($1, 'X', 'x-1', 'X', 'shop', true)",
        told.new(),
    )
    for ago in range(1, 5):
        await told.mention(UNTIL - (ago + 1) * WEEK + HOUR, "COMPLIMENT", 0.6)
    await told.pool.execute("UPDATE mentions SET expired = true")
    for number in range(3):
        await told.mention(UNTIL - DAY + number * HOUR, "COMPLIMENT", 0.6)
    await told.mention(UNTIL - HOUR, "COMPLIMENT", -0.4)
    (praise,) = await told.report(ReportKind.TRENDS, ReportRules())
    assert only(praise, "brand", "channel", "class", "suppressed") == ("shop", "X", "COMPLIMENT", False)
    assert only(praise, "counted", "mentions", "usual") == (4, 4, 1.0), "those whose words are gone are counted"
    assert only(praise, "positive", "negative", "feeling_permille", "feeling_usual_permille") == (3, 1, 500, 1_000)


async def test_who_writes_ten_lines_in_one_case_is_no_trend(told: Told) -> None:
    await weeks(told, "COMPLAINT", 1)
    case_id = await told.says(UNTIL - DAY, "COMPLAINT")
    for number in range(1, 10):
        await told.says(UNTIL - DAY + number * HOUR, "COMPLAINT", case=case_id)
    (complaint,) = await told.report(ReportKind.TRENDS)
    assert only(complaint, "counted", "usual", "trend") == (1, 1.0, "NONE")


async def test_s014_s105_causes_are_compared_as_of_when_cases_were_resolved(told: Told) -> None:
    for ago, cases in ((3, 1), (2, 1), (1, 1), (0, 9)):
        for number in range(cases):
            at = UNTIL - ago * WEEK - DAY + number * HOUR
            case_id = await told.case(at - 20 * DAY, cause="carrier-late", channel="X")
            await told.pool.execute("UPDATE cases SET resolved_at = $2 WHERE case_id = $1", case_id, at)
    rows = await told.report(ReportKind.TRENDS)
    (late,) = [row for row in rows if row["cause"] is not None]
    assert only(late, "cause", "channel", "class", "counted") == ("carrier-late", None, None, 9)
    assert late["trend"] == "RISE"


async def test_before_anything_is_known_of_earlier_nothing_is_called_unusual(told: Told) -> None:
    for number in range(30):
        await told.says(UNTIL - DAY + number * timedelta(minutes=10), "COMPLAINT")
    (complaint,) = await told.report(ReportKind.TRENDS)
    assert only(complaint, "periods", "counted", "usual", "trend", "once_in") == (0, 30, None, None, None)


async def test_a_stretch_shorter_than_two_weeks_goes_by_days(told: Told) -> None:
    for day in range(10):
        await told.says(UNTIL - day * DAY - HOUR, "QUESTION")
    rows = await report_rows(Database(told.pool), ReportKind.TRENDS, ReportRules(), since=UNTIL - 10 * DAY, until=UNTIL)
    assert [only(row, "period_days", "periods", "counted", "usual") for row in rows] == [(1, 8, 1, 1.0)]
    assert SINCE < UNTIL - 10 * DAY
