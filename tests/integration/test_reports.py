"""Reports out of real tables: what they count, what they leave out, and that no figure is about one person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid5

import pytest

from contracts.vocabulary import NAMESPACE
from infra.embedded.postgres import EmbeddedPostgres
from infra.migrate import migrate
from infra.postgres import open_pool
from services.case.app import MIGRATIONS
from services.case.domain.report_rules import ReportKind, ReportRules
from tests.integration.graphql_stand import own_desk
from tests.integration.told_tables import DAY, SINCE, UNTIL, Told, only

REPORT = "query($kind: ReportKind!) { report(kind: $kind) { kind groupSizeMin rows } }"


@pytest.fixture
async def told(database: str) -> AsyncIterator[Told]:
    pool = await open_pool(database, application_name="test")
    await migrate(pool, *MIGRATIONS)
    yield Told(pool)
    await pool.close()


async def test_s085_s029_the_effect_of_money_is_who_came_back_and_who_did_not(told: Told) -> None:
    at = SINCE + 10 * DAY
    await told.gesture(await told.case(at, ends=(at + DAY,)), at, 1_000)
    back = await told.case(at, ends=(at + DAY,), reopened=at + 20 * DAY)
    await told.gesture(back, at, 2_000, returned=500)
    soon = await told.case(at, ends=(at + DAY,), reopened=at + 3 * DAY)
    await told.gesture(soon, at, 500)
    late = UNTIL - 5 * DAY
    await told.gesture(await told.case(late), late, 100)
    await told.gesture(await told.case(at, loud=True, channel="X"), at, 300, reason="goodwill")

    damaged, goodwill = await told.report(ReportKind.EFFECT)
    assert only(damaged, "reason", "channel", "visibility", "currency") == ("damaged", "EMAIL", "PRIVATE", "EUR")
    assert only(damaged, "gestures", "amount_minor") == (4, 3_100), "what came back is not counted"
    assert only(damaged, "recontact_known", "recontacted") == (3, 2), "of the last one the month is not over"
    assert only(damaged, "right_first_known", "right_first") == (3, 2), "who came back after twenty days was helped"
    assert only(goodwill, "reason", "channel", "visibility", "gestures") == ("goodwill", "X", "PUBLIC", 1)


async def test_a_new_case_of_the_same_person_under_another_record_is_a_recontact(told: Told) -> None:
    at, whole = SINCE + 10 * DAY, await told.customer()
    await told.gesture(await told.case(at, customer=whole, ends=(at + DAY,)), at, 1_000)
    await told.case(at + 9 * DAY, customer=await told.customer(merged_into=whole))
    (row,) = await told.report(ReportKind.EFFECT)
    assert only(row, "recontact_known", "recontacted", "right_first") == (1, 1, 1), "about something else"


async def test_s011_first_time_right_is_broken_by_the_same_cause_within_two_weeks(told: Told) -> None:
    at = SINCE + 10 * DAY
    for cause, days in (("carrier-late", 9), ("carrier-late", 20), ("billing", 9)):
        customer = await told.customer()
        await told.case(at, customer=customer, cause="carrier-late", ends=(at + DAY,))
        await told.case(at + days * DAY, customer=customer, cause=cause, channel="X", ends=(at + days * DAY + DAY,))
    by_mail, by_x = sorted(await told.report(ReportKind.CHANNELS), key=lambda row: str(row["channel"]))
    assert only(by_mail, "channel", "right_first_known", "right_first") == ("EMAIL", 3, 2)
    assert only(by_x, "channel", "right_first_known", "right_first") == ("X", 3, 3)


async def test_s010_s013_who_shouts_is_compared_with_who_does_not_for_the_same_reason(told: Told) -> None:
    at = SINCE + 10 * DAY
    for minutes, loud, minor in (
        (10, True, 2_000),
        (30, True, 1_000),
        (60, False, 500),
        (90, False, 0),
        (120, False, 0),
    ):
        case_id = await told.case(
            at, channel="X", loud=loud, answered=minutes, cause="carrier-late", ends=(at + timedelta(hours=minutes),)
        )
        if minor:
            await told.gesture(case_id, at, minor)
    await told.gesture(await told.case(at, loud=True), at, 700, reason="goodwill")
    public, private, uncaused = await told.report(ReportKind.LOUDNESS)
    assert only(public, "about", "visibility", "cases") == ("carrier-late", "PUBLIC", 2)
    assert only(public, "answered_median_s", "amount_minor", "amount_per_case_minor") == (600, 3_000, 1_500)
    assert only(private, "about", "visibility", "cases") == ("carrier-late", "PRIVATE", 3)
    assert only(private, "answered_median_s", "solved_median_s") == (5_400, 90 * 3_600)
    assert only(private, "amount_per_case_minor", "right_first") == (167, 3)
    assert only(uncaused, "about", "visibility") == ("goodwill", "PUBLIC"), "without a cause by what was given for"


async def test_s023_s030_s047_s099_channels_are_compared_by_cost_and_share(told: Told) -> None:
    at = SINCE + 10 * DAY
    for channel in ("EMAIL", "EMAIL", "EMAIL", "X"):
        await told.gesture(await told.case(at, channel=channel), at, 250)
    await told.case(at, channel="VOICE")
    by_mail, by_voice, by_x = sorted(await told.report(ReportKind.CHANNELS), key=lambda row: str(row["channel"]))
    assert only(by_mail, "contacts_in", "contacts_out", "share_permille", "cases") == (3, 3, 600, 3)
    assert only(by_mail, "contacts_cost_minor", "amount_minor") == (6 * 400, 750)
    assert only(by_x, "share_permille", "contacts_cost_minor") == (200, 1_400)
    assert by_voice["contacts_cost_minor"] is None, "nobody said what a call costs"


async def test_s014_s093_causes_come_by_what_they_cost_and_name_their_part_of_the_house(told: Told) -> None:
    at = SINCE + 10 * DAY
    for cause, minor, reopened in (
        ("carrier-late", 2_000, at + 3 * DAY),
        ("carrier-late", 500, None),
        ("typo", 0, None),
    ):
        case_id = await told.case(at, cause=cause, ends=(at + DAY,), reopened=reopened)
        if minor:
            await told.gesture(case_id, at, minor)
    late, typo = await told.report(ReportKind.CAUSES)
    assert only(late, "area", "cause", "cases", "repeated") == ("service", "carrier-late", 2, 1)
    assert only(late, "amount_minor", "contacts_cost_minor", "weight_minor") == (2_500, 1_600, 4_100)
    assert only(typo, "area", "cause", "weight_minor") == (None, "typo", 800)


async def test_s091_what_second_readers_found_is_told_by_team(told: Told) -> None:
    at = SINCE + 10 * DAY
    for ref, outcome, reason in (("anna", "FINE", None), ("anna", "QUESTION", "empathy"), ("bram", "WRONG", "empathy")):
        gesture_id = await told.gesture(await told.case(at, by=ref), at, 100, by=ref)
        await told.pool.execute(
            "UPDATE gesture_controls SET outcome = $2, reason = $3 WHERE gesture_id = $1", gesture_id, outcome, reason
        )
        await told.pool.execute(
            "INSERT INTO agents (agent_id, ref, kind, display_name, presence, capacity_units, load_units, active,"
            " languages, skills, team_ref) VALUES ($1, $2, 'PERSON', $2, 'ONLINE', 1, 0, true, '{}', '{}', 'care')"
            " ON CONFLICT DO NOTHING",
            uuid5(NAMESPACE, ref), ref,
        )  # fmt: skip
    found = await told.report(ReportKind.QUALITY, ReportRules(group_size_min=2))
    empathy, fine = found
    assert only(empathy, "team", "reason", "read", "question", "wrong") == ("care", "empathy", 2, 1, 1)
    assert only(fine, "team", "reason", "read", "suppressed") == ("care", None, None, True), "it would be about anna"


async def test_s045_from_an_incident_to_the_first_contact_is_told_by_the_channel_it_came_by(told: Told) -> None:
    happened, minute = SINCE + 10 * DAY, timedelta(minutes=1)
    shouted = [await told.case(happened + after * minute, channel="X", answered=5) for after in (10, 20, 40)]
    mailed = [await told.case(happened + after * minute, answered=60) for after in (180, 300)]
    known = await told.case(happened - DAY, answered=10)
    customer = await told.pool.fetchval("SELECT customer_id FROM cases WHERE case_id = $1", known)
    told_first = {"channel": "EMAIL", "visibility": "PRIVATE", "direction": "OUTBOUND"}
    await told.entry(known, customer, "CONTACT", happened + 120 * minute, "bram", **told_first)
    await told.answer(5, happened + DAY, case_id=shouted[0])
    await told.answer(1, happened - DAY, case_id=known)
    await told.incident("Strike", *shouted, *mailed, known, occurred_at=happened)
    await told.incident("Nobody knows when", await told.case(happened), occurred_at=None)
    by_x, by_mail = await told.report(ReportKind.INCIDENTS)
    assert only(by_x, "incident", "cause", "occurred_at") == ("Strike", "carrier-late", "2026-01-11T00:00:00Z")
    assert only(by_x, "channel", "cases", "proactive", "reached") == ("X", 3, 0, 3)
    assert only(by_x, "contact_first_s", "contact_median_s", "reached_median_s") == (600, 1_200, 25 * 60)
    assert only(by_x, "answers", "satisfaction_permille") == (1, 1_000)
    assert only(by_mail, "channel", "cases", "proactive", "reached") == ("EMAIL", 3, 1, 3), "one we told first"
    assert only(by_mail, "contact_first_s", "contact_median_s") == (7_200, 10_800), "yesterday was about something else"
    assert only(by_mail, "reached_median_s", "answers") == (14_400, 0), "what was said before is not about it"


@pytest.mark.parametrize("kind", list(ReportKind))
async def test_s015_s097_no_report_counts_one_person_or_followers_and_small_groups_keep_only_their_names(
    told: Told, kind: ReportKind
) -> None:
    at = UNTIL - 5 * DAY
    cases = [await told.case(at, by=f"agent-{number}", cause="carrier-late", ends=(at + DAY,)) for number in range(4)]
    await told.incident("Strike", *cases, occurred_at=at)
    await told.pool.execute("UPDATE cases SET resolved_at = $1", at + DAY)
    for number, case_id in enumerate(cases):
        ref = f"agent-{number}"
        await told.publication(at, by=ref)
        gesture_id = await told.gesture(case_id, at, 100, by=ref)
        await told.pool.execute("UPDATE gesture_controls SET outcome = 'FINE' WHERE gesture_id = $1", gesture_id)
    kept = await told.report(kind, ReportRules())
    assert len(kept) == (2 if kind is ReportKind.TRENDS else 1)
    names = {"reason", "channel", "visibility", "currency", "about", "cause", "area", "team", "incident", "occurred_at"}
    names |= {"class", "answered_within", "brand", "period_days", "periods", "asks_community"}
    for row in kept:
        assert row.pop("suppressed") is True
        assert {value for name, value in row.items() if name not in names} == {None}
    for shown in await told.report(kind, ReportRules(group_size_min=4)):
        assert shown["suppressed"] is False
        assert {"agents", "followers", "reach", "views", "shares", "likes"}.isdisjoint(shown)


async def test_s095_leads_and_auditors_ask_for_reports_and_agents_do_not(postgres_server: EmbeddedPostgres) -> None:
    async with own_desk(postgres_server) as desk:
        for token in ("LEAD:lena", "AUDITOR:olga"):
            for kind in ReportKind:
                answer = await desk.graphql(REPORT, {"kind": kind.value}, token)
                assert answer["data"]["report"] == {"kind": kind.value, "groupSizeMin": 5, "rows": []}
        for token in ("AGENT:anna", "PRIVACY:pim"):
            answer = await desk.graphql(REPORT, {"kind": "EFFECT"}, token)
            assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        stretch = 'since: "2026-02-01T00:00:00Z", until: "2026-01-01T00:00:00Z"'
        answer = await desk.graphql(f"{{ report(kind: EFFECT, {stretch}) {{ rows }} }}", token="LEAD:lena")
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
