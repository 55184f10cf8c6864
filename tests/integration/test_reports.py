"""Reports out of real tables: what they count, what they leave out, and that no figure is about one person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid5

import pytest

from contracts.vocabulary import NAMESPACE
from infra.embedded.postgres import EmbeddedPostgres
from infra.migrate import migrate
from infra.postgres import Pool, open_pool
from services.case.app import MIGRATIONS
from services.case.domain.report_rules import ReportKind, ReportRules
from services.case.queries.database import Database
from services.case.queries.reports import report_rows
from tests.integration.graphql_stand import own_desk

SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)
OPEN = ReportRules(group_size_min=1, contact_cost_minor={"EMAIL": 400, "X": 700}, areas={"carrier-late": "service"})
REPORT = "query($kind: ReportKind!) { report(kind: $kind) { kind groupSizeMin rows } }"


@dataclass
class Told:
    """What the tables say; each case begins with a customer's contact and is answered after `answered` minutes."""

    pool: Pool
    numbers: Any = field(default_factory=lambda: count(1))

    def new(self) -> UUID:
        return uuid5(NAMESPACE, f"report {next(self.numbers)}")

    async def customer(self, *, merged_into: UUID | None = None) -> UUID:
        customer_id = self.new()
        await self.pool.execute(
            "INSERT INTO customers (customer_id, version, display_name, kind, state, created_at, merged_into)"
            " VALUES ($1, 1, 'Klant', 'PERSON', 'ACTIVE', $2, $3)",
            customer_id, SINCE, merged_into,
        )  # fmt: skip
        return customer_id

    async def case(
        self,
        at: datetime,
        *,
        customer: UUID | None = None,
        channel: str = "EMAIL",
        loud: bool = False,
        answered: int = 30,
        by: str = "anna",
        cause: str | None = None,
        ends: tuple[datetime, ...] = (),
        reopened: datetime | None = None,
    ) -> UUID:
        case_id, customer = self.new(), customer or await self.customer()
        visibility = "PUBLIC" if loud else "PRIVATE"
        await self.pool.execute(
            "INSERT INTO cases (case_id, version, number, customer_id, status, priority, channels, opened_at,"
            " last_contact_at, cause) VALUES ($1, 1, $2, $3, 'OPEN', 'NORMAL', $4, $5, $5, $6)",
            case_id, str(next(self.numbers)), customer, [channel], at, cause,
        )  # fmt: skip
        entry = {"channel": channel, "visibility": visibility}
        await self.entry(case_id, customer, "CONTACT", at, "CUSTOMER", direction="INBOUND", **entry)
        answer = at + timedelta(minutes=answered)
        await self.entry(case_id, customer, "CONTACT", answer, by, direction="OUTBOUND", **entry)
        for end in ends:
            await self.entry(case_id, customer, "STATUS_CHANGE", end, by, case_status="RESOLVED")
        if reopened is not None:
            await self.entry(case_id, customer, "STATUS_CHANGE", reopened, by, case_status="OPEN")
        return case_id

    async def gesture(
        self, case_id: UUID, at: datetime, minor: int, *, reason: str = "damaged", by: str = "anna", returned: int = 0
    ) -> UUID:
        customer = await self.pool.fetchval("SELECT customer_id FROM cases WHERE case_id = $1", case_id)
        entry = {"amount_minor": minor, "currency": "EUR", "reason": reason, "gesture_status": "GIVEN"}
        gesture_id = await self.entry(case_id, customer, "GESTURE", at, by, **entry)
        await self.pool.execute(
            "INSERT INTO gesture_controls (gesture_id, case_id, agent_ref, given_at) VALUES ($1, $2, $3, $4)",
            gesture_id, case_id, by, at,
        )  # fmt: skip
        if returned:
            await self.pool.execute(
                "INSERT INTO payouts (gesture_id, case_id, hold_id, amount_minor, state, attempts, begun_at,"
                " returned_minor) VALUES ($1, $2, $1, $3, 'PAID', 1, $4, $5)",
                gesture_id, case_id, minor, at, returned,
            )  # fmt: skip
        return gesture_id

    async def entry(self, case_id: UUID, customer: UUID, kind: str, at: datetime, by: str, **more: Any) -> UUID:
        entry_id = self.new()
        values = [entry_id, kind, customer, case_id, case_id, at, at, by, *more.values()]
        columns = ["entry_id", "kind", "customer_id", "case_id", "stream_id", "occurred_at", "recorded_at", "actor_ref"]
        columns += more
        places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        await self.pool.execute(
            f"INSERT INTO timeline ({', '.join(columns)}, version, actor_kind) VALUES ({places}, 1, 'AGENT')",
            *values,
        )
        return entry_id

    async def report(self, kind: ReportKind, rules: ReportRules = OPEN) -> list[dict[str, Any]]:
        return await report_rows(Database(self.pool), kind, rules, since=SINCE, until=UNTIL)


@pytest.fixture
async def told(database: str) -> AsyncIterator[Told]:
    pool = await open_pool(database, application_name="test")
    await migrate(pool, *MIGRATIONS)
    yield Told(pool)
    await pool.close()


def only(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


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


async def test_s023_s030_s047_channels_are_compared_by_cost_and_share(told: Told) -> None:
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


@pytest.mark.parametrize("kind", list(ReportKind))
async def test_s015_no_report_counts_one_person_and_small_groups_keep_only_their_names(
    told: Told, kind: ReportKind
) -> None:
    at = SINCE + 10 * DAY
    for number in range(4):
        ref = f"agent-{number}"
        case_id = await told.case(at, by=ref, cause="carrier-late", ends=(at + DAY,))
        gesture_id = await told.gesture(case_id, at, 100, by=ref)
        await told.pool.execute("UPDATE gesture_controls SET outcome = 'FINE' WHERE gesture_id = $1", gesture_id)
    (row,) = await told.report(kind, ReportRules())
    assert row.pop("suppressed") is True
    names = {"reason", "channel", "visibility", "currency", "about", "cause", "area", "team"}
    assert {value for name, value in row.items() if name not in names} == {None}
    (shown,) = await told.report(kind, ReportRules(group_size_min=4))
    assert shown["suppressed"] is False
    assert "agents" not in shown


async def test_s095_leads_and_auditors_ask_for_reports_and_agents_do_not(postgres_server: EmbeddedPostgres) -> None:
    async with own_desk(postgres_server) as desk:
        for token in ("LEAD:lena", "AUDITOR:olga"):
            for kind in ReportKind:
                answer = await desk.graphql(REPORT, {"kind": kind.value}, token)
                assert answer["data"]["report"] == {"kind": kind.value, "groupSizeMin": 5, "rows": []}
        for token in ("AGENT:anna", "PRIVACY:pim"):
            answer = await desk.graphql(REPORT, {"kind": "EFFECT"}, token)
            assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        backwards = '{ report(kind: EFFECT, since: "2026-02-01T00:00:00Z", until: "2026-01-01T00:00:00Z") { rows } }'
        answer = await desk.graphql(backwards, token="LEAD:lena")
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
