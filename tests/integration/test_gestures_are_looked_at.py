"""Gestures are looked at after they were given: some by a second person, all for signs; nothing is held up by it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from contracts.controls import Controls, StaffPrivacy
from contracts.gesture_rules import Cap
from contracts.vocabulary import HandleKind, id_of, system_actor
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.note_agent import NoteAgent, note_agent
from services.case.domain.known_agent import KnownAgent
from services.case.domain.policy import CasePolicy
from services.case.graphql import ids
from services.case.graphql.ids import IdType
from services.case.workers.gesture_watch import GestureWatch
from services.case.workers.rebuilding import case_rebuild
from tests.integration.graphql_stand import Desk, euros, own_desk

LEAD, AUDITOR = "LEAD:lena", "AUDITOR:olga"
REVIEWS = """query($where: GestureReviewWhere) { gestureReviews(where: $where, first: 100) { totalCount nodes {
  sampled signs givenAt outcome reason reviewedAt reviewedBy { displayName } gesture { id } } } }"""
RECORD = """mutation($input: GestureReviewRecordInput!) { gestureReviewRecord(input: $input) {
  review { outcome reason reviewedBy { displayName } } position errors { code path } } }"""
ALL, NONE = Controls(second_read_percent=100), Controls(second_read_percent=0)


@pytest.fixture
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


async def looked(desk: Desk, controls: Controls) -> None:
    watch = GestureWatch(pool=desk.pool, record=desk.record, clock=SystemClock(), ids=SystemIds(), controls=controls)
    await watch.round()


async def given(desk: Desk, case: dict[str, Any], amount: str = "5.00", ref: str = "anna") -> str:
    payload = await desk.do(
        "GestureGive", f"AGENT:{ref}", caseId=case["id"], kind="VOUCHER", reason="goodwill", amount=euros(amount)
    )
    assert (payload["errors"], payload["gesture"]["status"]) == ([], "GIVEN")
    return str(payload["gesture"]["id"])


async def approved(desk: Desk, asker: str, approver: str) -> str:
    case = await desk.opened(ref=asker)
    asked = await desk.do(
        "GestureGive", f"AGENT:{asker}", caseId=case["id"], kind="VOUCHER", reason="goodwill", amount=euros("80.00")
    )
    done = await desk.do("GestureApprove", f"LEAD:{approver}", gestureId=asked["gesture"]["id"])
    assert done["errors"] == []
    return str(asked["gesture"]["id"])


async def reviews(desk: Desk, token: str, **where: Any) -> list[dict[str, Any]]:
    answer = await desk.graphql(REVIEWS, {"where": where or None}, token)
    assert "errors" not in answer, answer
    found: list[dict[str, Any]] = answer["data"]["gestureReviews"]["nodes"]
    assert answer["data"]["gestureReviews"]["totalCount"] == len(found)
    return found


async def signs(desk: Desk, gesture_id: str) -> list[str]:
    found = {each["gesture"]["id"]: each["signs"] for each in await reviews(desk, AUDITOR)}
    return list(found.get(gesture_id, []))


async def record(desk: Desk, token: str, gesture_id: str, outcome: str, **fields: Any) -> dict[str, Any]:
    asked = {"gestureId": gesture_id, "outcome": outcome, "idempotencyKey": str(SystemIds().new()), **fields}
    answer = await desk.graphql(RECORD, {"input": asked}, token)
    assert "errors" not in answer, answer
    return dict(answer["data"]["gestureReviewRecord"])


def codes(payload: dict[str, Any]) -> list[str]:
    return [error["code"] for error in payload["errors"]]


async def test_s091_a_lead_reads_what_was_drawn_and_the_finding_is_on_record_once(desk: Desk) -> None:
    gesture_id = await given(desk, await desk.opened())
    await looked(desk, ALL)
    (seen,) = await reviews(desk, LEAD, read=False)
    assert (seen["gesture"]["id"], seen["sampled"], seen["signs"], seen["outcome"]) == (gesture_id, True, None, None)

    done = await record(desk, LEAD, gesture_id, "QUESTION", reason="empathy")
    assert (done["errors"], done["review"]["outcome"], done["review"]["reason"]) == ([], "QUESTION", "empathy")
    assert codes(await record(desk, "LEAD:leo", gesture_id, "FINE")) == ["NOT_AWAITING_APPROVAL"]
    assert await reviews(desk, LEAD, read=False) == []
    (own,) = await reviews(desk, "AGENT:anna")
    assert (own["outcome"], own["signs"]) == ("QUESTION", None)
    assert await reviews(desk, "AGENT:bram") == [], "nobody sees what was found of a colleague"


async def test_who_gave_or_approved_it_is_no_second_person(desk: Desk) -> None:
    own, led = await given(desk, await desk.opened()), await approved(desk, "anna", "lena")
    await looked(desk, ALL)
    assert codes(await record(desk, "LEAD:anna", own, "FINE")) == ["SELF_APPROVAL"]
    assert codes(await record(desk, LEAD, led, "FINE")) == ["SELF_APPROVAL"]
    assert [each["gesture"]["id"] for each in await reviews(desk, LEAD)] == [own], "they do not see it in the queue"
    for token in ("AGENT:bram", AUDITOR):
        assert codes(await record(desk, token, own, "FINE")) == ["FORBIDDEN"]


async def test_what_was_found_is_a_known_code_and_only_fine_needs_none(desk: Desk) -> None:
    gesture_id = await given(desk, await desk.opened())
    await looked(desk, NONE)
    assert codes(await record(desk, LEAD, gesture_id, "FINE")) == ["NOT_FOUND"], "it was not drawn"
    other = await given(desk, await desk.opened())
    await looked(desk, ALL)
    unknown = await record(desk, LEAD, other, "WRONG", reason="did not like it")
    assert (codes(unknown), unknown["errors"][0]["path"]) == (["REASON_UNKNOWN"], ["reason"])
    assert codes(await record(desk, LEAD, other, "WRONG")) == ["INVALID_INPUT"]
    assert codes(await record(desk, LEAD, other, "FINE")) == []


async def test_s003_signs_are_for_auditors_and_hold_nothing_up(desk: Desk) -> None:
    rules = Controls(second_read_percent=0, gestures_per_hour_max=2, same_customer_max=1, near_limit_count=2)
    case = await desk.opened()
    first = await given(desk, case, "48.00")
    await looked(desk, rules)
    second = await given(desk, case, "49.00")
    await looked(desk, rules)
    third = await given(desk, await desk.opened(), "1.00")
    await looked(desk, rules)
    assert await signs(desk, first) == []
    assert await signs(desk, second) == ["SAME_CUSTOMER", "NEAR_ITEM_LIMIT"]
    assert await signs(desk, third) == ["MANY_PER_HOUR"]
    assert await reviews(desk, LEAD) == []
    assert await reviews(desk, "AGENT:anna") == []
    (history,) = await desk.pool.fetch(
        "SELECT count(*) AS n FROM es.events WHERE stream_id = $1 AND topic LIKE 'gesture-control%'",
        ids.uuid_of(IdType.CASE, case["id"]),
    )
    assert history["n"] == 0, "the case's history, which everybody reads, says nothing of it"


async def test_leads_see_signs_where_the_installation_says_so(desk: Desk) -> None:
    object.__setattr__(desk.api.deps, "policy", CasePolicy(staff_privacy=StaffPrivacy(leads_see_signs=True)))
    gesture_id = await given(desk, await desk.opened())
    await looked(desk, Controls(second_read_percent=0, customer_caps=(Cap("1.00", "EUR"),)))
    (seen,) = await reviews(desk, LEAD, flagged=True)
    assert (seen["gesture"]["id"], seen["signs"], seen["sampled"]) == (gesture_id, ["CUSTOMER_OVER_CAP"], False)
    object.__setattr__(desk.api.deps, "policy", CasePolicy())
    refused = await desk.graphql(REVIEWS, {"where": {"flagged": True}}, LEAD)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_customer_who_is_known_by_the_givers_own_address_is_a_sign(desk: Desk) -> None:
    agent_id = next(iter(await desk.pool.fetch("SELECT agent_id FROM agents WHERE ref = 'anna'")))["agent_id"]
    known = await desk.record.load(KnownAgent, agent_id)
    assert known is not None
    told = NoteAgent(agent_id, known.card, "Anna de Vries", email="Anna@Shop.example")
    await note_agent(told, desk.context(system_actor("routing")), record=desk.record)
    case = await desk.opened()
    added = {"customerId": case["customer"]["id"], "kind": HandleKind.EMAIL.value, "value": "anna@shop.example"}
    assert (await desk.do("HandleAdd", "AGENT:bram", **added))["errors"] == []
    gesture_id = await given(desk, case)
    await looked(desk, NONE)
    assert await signs(desk, gesture_id) == ["OWN_HANDLE"]


async def test_two_who_always_approve_each_other_are_a_sign_and_a_third_voice_ends_it(desk: Desk) -> None:
    rules = Controls(second_read_percent=0, pair_count=2)
    gestures = []
    for asker, approver in (("anna", "bram"), ("bram", "anna")) * 2:
        gestures.append(await approved(desk, asker, approver))
        await looked(desk, rules)
    assert [await signs(desk, each) for each in gestures] == [[], [], [], ["MUTUAL_APPROVAL"]]
    await approved(desk, "anna", "lena")
    last = await approved(desk, "anna", "bram")
    await looked(desk, rules)
    assert await signs(desk, last) == []


async def test_what_one_customer_gets_is_summed_over_merges_and_from_everybody(desk: Desk) -> None:
    rules = Controls(second_read_percent=0, customer_caps=(Cap("60.00", "EUR"),))
    one, two = await desk.opened(), await desk.opened(ref="bram")
    await given(desk, one, "40.00")
    apart = await given(desk, two, "30.00", "bram")
    await looked(desk, rules)
    assert await signs(desk, apart) == []
    merged = await desk.do(
        "Merge", LEAD, sourceId=two["customer"]["id"], targetId=one["customer"]["id"], reason="The same person"
    )
    assert merged["errors"] == []
    together = await given(desk, two, "1.00", "bram")
    await looked(desk, rules)
    assert await signs(desk, together) == ["CUSTOMER_OVER_CAP"]
    parted = await desk.do("Unmerge", LEAD, mergeId=merged["merge"]["id"], reason="They are not")
    assert parted["errors"] == []
    again = await given(desk, two, "1.00", "bram")
    await looked(desk, rules)
    assert await signs(desk, again) == []


async def test_what_a_customer_got_counts_for_a_year_and_what_an_agent_gave_for_an_hour(desk: Desk) -> None:
    rules = Controls(second_read_percent=0, gestures_per_hour_max=1, customer_caps=(Cap("60.00", "EUR"),))
    case = await desk.opened()
    old = ids.uuid_of(IdType.GESTURE, await given(desk, case, "40.00"))
    aged = "UPDATE gesture_controls SET given_at = now() - make_interval(days => $2) WHERE gesture_id = $1"
    seen = []
    for days in (366, 364):
        await desk.pool.execute(aged, old, days)
        gesture_id = await given(desk, case, "25.00")
        await looked(desk, rules)
        seen.append(await signs(desk, gesture_id))
        await desk.pool.execute(aged, ids.uuid_of(IdType.GESTURE, gesture_id), 400)
    assert seen == [[], ["CUSTOMER_OVER_CAP"]]


async def test_each_gesture_is_looked_at_once_however_many_watch_and_a_rebuild_gives_the_same(desk: Desk) -> None:
    case = await desk.opened()
    gesture_id = ids.uuid_of(IdType.GESTURE, await given(desk, case))
    for controls in (ALL, NONE, ALL):
        await looked(desk, controls)
    await record(desk, LEAD, ids.encode(IdType.GESTURE, gesture_id), "FINE")
    assert await facts_of(desk, gesture_id) == ["gesture-control.looked-at.v1", "gesture-control.reviewed.v1"]
    done = await case_rebuild(desk.pool, desk.keys).run(["gesture_controls"], swap=False)
    assert (done.rows, done.differences) == ({"gesture_controls": 1}, ())


async def facts_of(desk: Desk, gesture_id: UUID) -> list[str]:
    rows = await desk.pool.fetch(
        "SELECT topic FROM es.events WHERE topic LIKE 'gesture-control%'"
        " AND (convert_from(clear, 'UTF8')::jsonb ->> 'gesture_id')::uuid = $1 ORDER BY version",
        gesture_id,
    )
    return [row["topic"] for row in rows]


async def test_agents_do_not_see_what_was_found_of_them_where_the_installation_says_so(desk: Desk) -> None:
    gesture_id = await given(desk, await desk.opened())
    await looked(desk, ALL)
    await record(desk, LEAD, gesture_id, "FINE")
    object.__setattr__(desk.api.deps, "policy", CasePolicy(staff_privacy=StaffPrivacy(own_figures=False)))
    refused = await desk.graphql(REVIEWS, {"where": None}, "AGENT:anna")
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert [each["outcome"] for each in await reviews(desk, LEAD)] == ["FINE"], "who leads them does"


async def test_who_stands_in_for_the_asking_agent_approves_nothing_however_often_the_customer_was_merged(
    desk: Desk,
) -> None:
    customers = [(await desk.opened())["customer"]["id"] for _ in range(2)]
    case = await desk.opened()
    for source, target in zip((case["customer"]["id"], *customers), customers, strict=False):
        merged = await desk.do("Merge", LEAD, sourceId=source, targetId=target, reason="The same person")
        assert merged["errors"] == []
    duo = [id_of("agent", ref) for ref in ("bram", "anna")]
    shown = ids.uuid_of(IdType.CUSTOMER, customers[-1])
    await desk.pool.execute("UPDATE customers SET owner_id = $2, partner_id = $3 WHERE customer_id = $1", shown, *duo)
    asked = await desk.do(
        "GestureGive", "AGENT:anna", caseId=case["id"], kind="VOUCHER", reason="goodwill", amount=euros("80.00")
    )
    gesture_id = asked["gesture"]["id"]
    assert codes(await desk.do("GestureApprove", "LEAD:bram", gestureId=gesture_id)) == ["SELF_APPROVAL"]
    assert codes(await desk.do("GestureApprove", LEAD, gestureId=gesture_id)) == []


@pytest.mark.parametrize(("spent_minor", "low"), [(19_999, False), (20_000, True)])
async def test_a_budget_runs_low_from_four_fifths_on(desk: Desk, spent_minor: int, low: bool) -> None:
    await desk.pool.execute("UPDATE budgets SET granted_minor = 25000, spent_minor = $1", spent_minor)
    answer = await desk.graphql("{ viewer { agent { budgets { runsLow } } } }", {}, "AGENT:anna")
    assert answer["data"]["viewer"]["agent"]["budgets"] == [{"runsLow": low}]
