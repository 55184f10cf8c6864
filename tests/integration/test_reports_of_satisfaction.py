"""How customers say we did, by channel, by what was given for, and by what had gone wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from infra.migrate import migrate
from infra.postgres import open_pool
from services.case.app import MIGRATIONS
from services.case.domain.report_rules import ReportKind
from tests.integration.told_tables import DAY, SINCE, UNTIL, Told, only


@pytest.fixture
async def told(database: str) -> AsyncIterator[Told]:
    pool = await open_pool(database, application_name="test")
    await migrate(pool, *MIGRATIONS)
    yield Told(pool)
    await pool.close()


async def test_s096_s098_satisfaction_is_told_by_channel_with_what_was_said_unasked(told: Told) -> None:
    at = SINCE + 10 * DAY
    talked = await told.case(at, channel="WHATSAPP")
    await told.answer(5, at + DAY, case_id=talked, channel="FORM")
    for value in (10, 9, 7, 2):
        await told.answer(value, at + DAY, case_id=await told.case(at), nps=True)
    await told.answer(4, at + DAY, channel="TRUSTPILOT")
    await told.answer(1, UNTIL + DAY, channel="TRUSTPILOT")
    await told.case(at, channel="X")
    by_mail, by_review, by_talk, by_x = sorted(
        await told.report(ReportKind.CHANNELS), key=lambda row: str(row["channel"])
    )
    figures = ("channel", "answers", "satisfaction_permille", "nps_answers", "nps")
    assert only(by_mail, *figures) == ("EMAIL", 4, 700, 4, 25), "two of four promote, one detracts"
    assert only(by_review, *figures) == ("TRUSTPILOT", 1, 750, 0, None), "praise that nobody had to answer"
    assert only(by_review, "cases", "contacts_in", "share_permille") == (0, 0, 0)
    assert only(by_talk, *figures) == ("WHATSAPP", 1, 1000, 0, None), "where the case began, not where the form came in"
    assert only(by_x, *figures) == ("X", 0, None, 0, None)


async def test_s016_s092_satisfaction_is_told_by_reason_and_by_cause(told: Told) -> None:
    at = SINCE + 10 * DAY
    given = await told.case(at, cause="carrier-late")
    await told.gesture(given, at, 1_000)
    await told.gesture(given, at, 500)
    for value, days in ((1, -1), (5, 1), (3, 29), (1, 31)):
        await told.answer(value, at + days * DAY, case_id=given)
    await told.gesture(await told.case(at, cause="typo"), at, 100, reason="goodwill")
    damaged, goodwill = await told.report(ReportKind.EFFECT)
    assert only(damaged, "answers", "satisfaction_permille") == (4, 750), "after it, within a month, of each gesture"
    assert only(goodwill, "answers", "satisfaction_permille") == (0, None)
    late, typo = await told.report(ReportKind.CAUSES)
    assert only(late, "cause", "cases", "answers", "satisfaction_permille") == ("carrier-late", 1, 4, 375)
    assert only(typo, "cause", "answers", "satisfaction_permille") == ("typo", 0, None)
