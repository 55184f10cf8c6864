"""The agent's day through the API on a real Postgres: who may, under which key, at which version, and what is noted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.stored import Row
from contracts.vocabulary import id_of
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.graphql import ids
from services.case.graphql.ids import IdType
from services.case.workers.due_dates import DueDates
from tests.integration.graphql_stand import Desk, own_desk
from tests.support.shop import eventually

LEAD, AUDITOR = "LEAD:lena", "AUDITOR:olga"
MUTATIONS: dict[str, dict[str, Any]] = {
    "caseTransfer": {"reroute": True, "reason": "because"},
    "caseClaim": {},
    "caseWait": {"for": "COLLEAGUE"},
    "caseReopen": {"reason": "too soon"},
    "casePrioritySet": {"priority": "HIGH", "reason": "medicine"},
    "caseTagsSet": {"add": ["billing"]},
    "caseViewingSet": {"typing": True},
    "caseSettle": {"reply": {"text": "Done.", "visibility": "PRIVATE"}},
    "commitmentMake": {"text": "A call", "dueAt": (SystemClock().now() + timedelta(days=100)).isoformat()},
    "commitmentKeep": {},
    "commitmentWithdraw": {"reason": "sorry"},
}
KEYLESS = {"caseViewingSet"}
OF_COMMITMENTS = {"commitmentKeep", "commitmentWithdraw"}
VERSIONED = set(MUTATIONS) - KEYLESS - OF_COMMITMENTS - {"caseTagsSet"}


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server, mutation_wait_ms_max=2000) as running:
        yield running


async def change(
    desk: Desk, operation: str, token: str = "AGENT:anna", more: str = "", **fields: Any
) -> dict[str, Any]:
    kind = operation[0].upper() + operation[1:]
    version = "" if operation in KEYLESS else "position"
    document = f"""mutation($input: {kind}Input!) {{ {operation}(input: $input) {{
      {version} {more} errors {{ code path ... on VersionConflict {{ currentVersion }} }}
    }} }}"""
    if operation not in KEYLESS:
        fields.setdefault("idempotencyKey", str(SystemIds().new()))
    answer = await desk.graphql(document, {"input": fields}, token)
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"][operation]
    return payload


def asked(operation: str, case: dict[str, Any]) -> dict[str, Any]:
    """An id of nothing for what is no case's: who may is told that it does not exist, who may not only that."""
    named = "commitmentId" if operation in OF_COMMITMENTS else "caseId"
    return {named: case["id"], **MUTATIONS[operation]}


def codes(payload: dict[str, Any]) -> list[str]:
    return [error["code"] for error in payload["errors"]]


async def test_a_case_is_given_to_a_team_only_that_somebody_is_in(desk: Desk) -> None:
    case = await desk.opened()
    await desk.show(Row("upsert_team", (id_of("team", "deserted"), "deserted", "Deserted")))
    for team, code in (("care", []), ("deserted", ["NOT_FOUND"]), ("never", ["NOT_FOUND"])):
        to = ids.encode(IdType.TEAM, id_of("team", team))
        given = await change(desk, "caseTransfer", caseId=case["id"], teamId=to, reason="because")
        assert codes(given) == code


@pytest.mark.parametrize("token", [AUDITOR, "PRIVACY:pam", "ADMIN:adam", "INTEGRATION:robot"])
async def test_who_does_not_work_on_cases_changes_none(desk: Desk, token: str) -> None:
    case = await desk.opened()
    before = await desk.pool.fetchval("SELECT count(*) FROM es.events")
    for operation in MUTATIONS:
        assert codes(await change(desk, operation, token, **asked(operation, case))) == ["FORBIDDEN"], operation
    assert await desk.pool.fetchval("SELECT count(*) FROM es.events") == before
    assert await desk.pool.fetchval("SELECT count(*) FROM viewings") == 0


async def test_every_change_is_refused_at_another_version_and_says_which_it_is(desk: Desk) -> None:
    case = await desk.opened()
    for operation in sorted(VERSIONED):
        payload = await change(desk, operation, **asked(operation, case), expectedVersion=1)
        assert codes(payload) == ["VERSION_CONFLICT"], operation
        assert payload["errors"][0]["currentVersion"] == case["version"]


async def test_every_change_is_done_once_per_key_and_another_request_under_it_is_refused(desk: Desk) -> None:
    for operation in sorted(set(MUTATIONS) - KEYLESS - OF_COMMITMENTS - {"caseReopen", "caseClaim"}):
        case, other = await desk.opened(), await desk.opened()
        key = f"once-{operation}"
        first = await change(desk, operation, **asked(operation, case), idempotencyKey=key)
        assert codes(first) == [], operation
        version = await desk.pool.fetchval("SELECT version FROM cases WHERE number = $1", case["number"])
        assert codes(await change(desk, operation, **asked(operation, case), idempotencyKey=key)) == []
        assert await desk.pool.fetchval("SELECT version FROM cases WHERE number = $1", case["number"]) == version
        again = await change(desk, operation, **asked(operation, other), idempotencyKey=key)
        assert codes(again) == ["IDEMPOTENCY_MISMATCH"], operation


async def test_a_transfer_answers_with_who_got_it_or_that_routing_has_not_spoken(desk: Desk) -> None:
    case = await desk.opened()
    bram = ids.encode(IdType.AGENT, id_of("agent", "bram"))
    payload = await change(
        desk, "caseTransfer", more="assignment { note agent { ref } } version", caseId=case["id"], agentId=bram,
        reason="knows it",
    )  # fmt: skip
    assert payload["assignment"] == {"note": "knows it", "agent": {"ref": "bram"}}
    assert payload["position"].isdigit()
    history = await desk.ask("CaseHistory", {"id": case["id"]}, AUDITOR)
    (moved,) = [each for each in history["history"]["nodes"] if each["type"] == "case.transfer-requested.v1"]
    assert moved["withheld"] == ["reason"], "words are sealed: an auditor without a purpose does not read them"


async def test_a_claim_goes_to_one_of_two_who_claim_at_once(desk: Desk) -> None:
    case = await desk.opened()
    await change(desk, "caseTransfer", caseId=case["id"], reroute=True, reason="not mine")
    both = await asyncio.gather(
        *(change(desk, "caseClaim", f"AGENT:{ref}", caseId=case["id"]) for ref in ("anna", "bram"))
    )
    assert sorted(codes(payload) for payload in both) == [[], ["ALREADY_ASSIGNED"]]


PROMISES = "{ commitments(where: {status: BROKEN}, first: 100) { totalCount nodes { id text textState } } }"


class Later:
    """A clock that is so far ahead."""

    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return SystemClock().now() + self.ahead


async def test_overdue_promises_are_broken_once_by_however_many_workers_and_who_reads_them_is_noted(desk: Desk) -> None:
    case = await desk.opened()
    due = (SystemClock().now() + timedelta(minutes=5)).isoformat()
    for number in range(3):
        payload = await change(desk, "commitmentMake", more="commitment { id }", caseId=case["id"],
                               text=f"Call {number}", dueAt=due)  # fmt: skip
    keeping = await change(desk, "commitmentKeep", commitmentId=payload["commitment"]["id"])
    assert codes(keeping) == []

    def worker(ahead: timedelta) -> DueDates:
        return DueDates(
            pool=desk.pool, record=desk.record, directory=desk.directory, clock=Later(ahead), ids=SystemIds()
        )

    await worker(timedelta(minutes=4)).round()
    assert (await desk.graphql(PROMISES))["data"]["commitments"]["totalCount"] == 0
    await asyncio.gather(*(worker(timedelta(minutes=6)).round() for _ in range(3)))
    broken = await desk.pool.fetchval("SELECT count(*) FROM es.events WHERE topic = 'case.commitment-broken.v1'")
    assert broken == 2
    seen = (await desk.graphql(PROMISES, token=AUDITOR))["data"]["commitments"]
    assert [(each["text"], each["textState"]) for each in seen["nodes"]] == [(None, "NOT_PERMITTED")] * 2

    async def operations() -> set[str]:
        log = await desk.ask("AccessLog", {"where": {"customerId": case["customer"]["id"]}, "first": 50}, AUDITOR)
        return {entry["operation"] for entry in log["nodes"]}

    await eventually(operations, lambda noted: "commitments" in noted)


async def test_a_page_of_promises_goes_on_where_it_ended(desk: Desk) -> None:
    case = await desk.opened()
    begin = SystemClock().now() + timedelta(days=10)
    for day in (3, 1, 2):
        due = (begin + timedelta(days=day)).isoformat()
        await change(desk, "commitmentMake", caseId=case["id"], text=f"Day {day}", dueAt=due)
    before = (begin + timedelta(days=20)).isoformat()
    document = f"""query($after: String) {{ commitments(where: {{status: OPEN, dueBefore: "{before}"}},
      first: 2, after: $after) {{ nodes {{ text }} pageInfo {{ endCursor hasNextPage }} }} }}"""
    first = (await desk.graphql(document))["data"]["commitments"]
    more = (await desk.graphql(document, {"after": first["pageInfo"]["endCursor"]}))["data"]["commitments"]
    assert [each["text"] for each in first["nodes"] + more["nodes"]] == ["Day 1", "Day 2", "Day 3"]
    assert (first["pageInfo"]["hasNextPage"], more["pageInfo"]["hasNextPage"]) == (True, False)
    nobody = await desk.graphql('{ commitments(where: {ownerId: "nobody"}) { totalCount nodes { id } } }')
    assert nobody["data"]["commitments"] == {"totalCount": 0, "nodes": []}


async def test_nobody_is_seen_to_look_at_a_case_after_its_minute_or_its_end(desk: Desk) -> None:
    case = await desk.opened()
    for ref in ("bram", "anna"):
        seen = await change(desk, "caseViewingSet", f"AGENT:{ref}", "viewing { ref }", caseId=case["id"], typing=True)
    assert [each["ref"] for each in seen["viewing"]] == ["bram", "anna"]
    await desk.pool.execute("UPDATE viewings SET until = now() WHERE agent_id = $1", id_of("agent", "bram"))
    looking = f'{{ case(by: {{id: "{case["id"]}"}}) {{ viewing {{ ref }} }} }}'
    assert (await desk.graphql(looking))["data"]["case"]["viewing"] == [{"ref": "anna"}]
    await desk.do("CaseResolve", caseId=case["id"])
    assert (await desk.graphql(looking))["data"]["case"]["viewing"] == []
    assert codes(await change(desk, "caseViewingSet", caseId=case["id"], typing=False)) == ["CASE_RESOLVED"]


async def test_a_settlement_says_where_in_the_input_it_was_refused(desk: Desk) -> None:
    case = await desk.opened()
    reply = {"text": "Done.", "visibility": "PRIVATE"}
    money = {"kind": "GIFT", "reason": "goodwill", "amount": {"amount": "1.001", "currencyCode": "EUR"}}
    for fields, path in (
        ({"reply": {**reply, "text": " "}}, ["reply", "text"]),
        ({"reply": {**reply, "accountId": "none"}}, ["reply", "accountId"]),
        ({"reply": {**reply, "visibility": "PUBLIC"}}, ["reply", "visibility"]),
        ({"reply": reply, "gesture": money}, ["gesture", "amount", "amount"]),
        ({"reply": reply, "gesture": {**money, "reason": "because"}}, ["gesture", "amount", "amount"]),
    ):
        payload = await change(desk, "caseSettle", caseId=case["id"], **fields)
        assert payload["errors"][0]["path"] == path
