"""Reports out of real tables of what people say, and of how good answers are that took their time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from infra.migrate import migrate
from infra.postgres import open_pool
from services.case.app import MIGRATIONS
from services.case.domain.report_rules import ReportKind
from tests.integration.told_tables import DAY, SINCE, UNTIL, Told, only

AT = SINCE + 10 * DAY


@pytest.fixture
async def told(database: str) -> AsyncIterator[Told]:
    pool = await open_pool(database, application_name="test")
    await migrate(pool, *MIGRATIONS)
    yield Told(pool)
    await pool.close()


async def test_s106_a_report_tells_whether_people_complain_and_share_it_sooner_than_they_praise(told: Told) -> None:
    for minutes in (10, 20, 30):
        await told.case(AT, loud=True, channel="X", class_="COMPLAINT", answered=minutes)
    await told.case(AT, class_="QUESTION")
    for class_, shares in (("COMPLAINT", 4), ("COMPLAINT", 1), ("COMPLAINT", 0)):
        await told.mention(AT, class_, shares=shares)
    for unshared in (0, 0, None):
        await told.mention(AT, "COMPLIMENT", shares=unshared)
    await told.mention(UNTIL + DAY, "COMPLIMENT", shares=9)
    await told.pool.execute(
        "INSERT INTO contact_contents (entry_id, case_id, reach)"
        """ SELECT entry_id, case_id, '{"shares": 7, "followers": 2}' FROM timeline WHERE class = 'COMPLAINT' LIMIT 1"""
    )
    complaints, praise, questions = await told.report(ReportKind.CLASSES)
    assert only(complaints, "class", "said", "share_permille", "taken_up") == ("COMPLAINT", 6, 600, 3)
    assert only(complaints, "passed_on_known", "passed_on", "answered_median_s") == (4, 3, 1_200)
    assert only(praise, "class", "said", "taken_up", "passed_on_known", "passed_on") == ("COMPLIMENT", 3, 0, 2, 0)
    assert only(praise, "answered_median_s", "suppressed") == (None, False), "nobody of ours stands behind it"
    assert only(questions, "class", "said", "passed_on_known") == ("QUESTION", 1, 0)


async def test_s106_what_was_taken_up_is_counted_once(told: Told) -> None:
    case_id = await told.case(AT, class_="COMPLAINT")
    await told.mention(AT, "COMPLAINT", shares=1)
    await told.pool.execute("UPDATE mentions SET case_id = $1", case_id)
    (complaints,) = await told.report(ReportKind.CLASSES)
    assert only(complaints, "said", "taken_up") == (1, 1)


async def test_s078_a_report_tells_whether_answers_that_took_their_time_are_better(told: Told) -> None:
    for minutes, again, stars in ((5, True, 2), (14, True, 1), (50, False, 4), (300, False, 5), (2_000, False, 5)):
        reopened = AT + 5 * DAY if again else None
        case_id = await told.case(AT, answered=minutes, ends=(AT + 3 * DAY,), reopened=reopened)
        await told.answer(stars, AT + 4 * DAY, case_id=case_id)
        await told.gesture(case_id, AT, 100 if again else 25)
        if minutes == 300:
            await told.clock(case_id, "ACKNOWLEDGE", AT, AT + timedelta(minutes=2))
    quick, hour, day, later = await told.report(ReportKind.PACE)
    assert only(quick, "answered_within", "cases", "right_first_known", "right_first") == ("15 min", 2, 2, 0)
    assert only(quick, "satisfaction_permille", "amount_minor", "acknowledged") == (125, 200, 0)
    assert only(hour, "answered_within", "right_first", "satisfaction_permille") == ("1 h", 1, 750)
    assert only(day, "answered_within", "right_first", "acknowledged", "answers") == ("24 h", 1, 1, 1)
    assert only(later, "answered_within", "cases", "satisfaction_permille") == ("later", 1, 1_000)


async def test_s078_what_was_not_answered_yet_or_needed_no_answer_has_no_pace(told: Told) -> None:
    await told.case(AT)
    await told.case(AT)
    await told.pool.execute(
        "UPDATE clocks SET state = CASE WHEN case_id = (SELECT min(case_id::text)::uuid FROM clocks) THEN 'CANCELLED'"
        " ELSE 'MISSED' END, stopped_at = CASE WHEN case_id = (SELECT min(case_id::text)::uuid FROM clocks)"
        " THEN stopped_at END"
    )
    assert await told.report(ReportKind.PACE) == []
