"""The auditor's look at the past: versions, positions, moments, and who may see what of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec
import pytest

from contracts.stored import SealingScope
from contracts.vocabulary import BudgetOwnerKind, id_of, system_actor
from infra.clock import SystemClock
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.note_agent import note_agent
from services.case.commands.note_budget import note_budget
from services.case.graphql import ids
from services.case.graphql.ids import IdType
from tests.integration.graphql_stand import Desk, euros, own_desk
from tests.integration.routing_stand_in import a_budget, an_agent

PURPOSE = {"Eender-Purpose": "audit"}
AUDITOR, LEAD = "AUDITOR:arie", "LEAD:lena"
WHOLE = """query($id: ID!, $asOf: AsOf!, $after: String) { caseAsOf(id: $id, asOf: $asOf) {
  version position at subject customer { displayName handles { kind masked value } }
  contacts(first: 1, after: $after) { id text textState } } }"""
PRESENT = """mutation($input: AgentPresenceSetInput!) { agentPresenceSet(input: $input) {
  agent { budgets { id } } errors { code } } }"""
BUDGETS = """query($id: ID!, $asOf: AsOf!) { caseAsOf(id: $id, asOf: $asOf) {
  assigneeBudgets { spent { amount } available { amount } } } }"""


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


async def code_of(desk: Desk, variables: dict[str, Any], document: str = WHOLE, token: str = AUDITOR) -> str:
    answer = await desk.graphql(document, variables, token)
    code: str = answer["errors"][0]["extensions"]["code"]
    return code


async def test_the_auditors_document_shows_a_case_as_it_was_at_each_version(desk: Desk) -> None:
    case = await desk.opened("Where is my lamp?")
    await desk.do(
        "GestureGive",
        caseId=case["id"],
        kind="REFUND",
        reference={"kind": "ORDER", "value": "7"},
        reason="goodwill",
        amount=euros("5.00"),
    )
    await desk.do("CaseResolve", caseId=case["id"])
    purpose = {"eender-purpose": "audit"}
    shown = [
        await desk.ask("CaseAsOf", {"id": case["id"], "asOf": {"version": version}}, AUDITOR, **purpose)
        for version in range(1, 7)
    ]
    assert [state["version"] for state in shown] == [1, 2, 3, 4, 5, 6]
    assert [state["subject"] for state in shown] == [None, *["Where is my lamp?"] * 5]
    assert [state["assignee"] and state["assignee"]["displayName"] for state in shown] == [None, None, *["Anna"] * 4]
    assert [[given["status"] for given in state["gestures"]] for state in shown] == [
        [], [], [], ["REQUESTED"], ["GIVEN"], ["GIVEN"],
    ]  # fmt: skip
    assert [state["status"] for state in shown] == [*["OPEN"] * 5, "RESOLVED"]
    assert await desk.ask("CaseAsOf", {"id": case["id"], "asOf": {"version": 7}}, AUDITOR) is None


async def test_a_renamed_agent_keeps_the_name_of_the_time(desk: Desk) -> None:
    case = await desk.opened(ref="bram")
    before = {"id": case["id"], "asOf": {"version": 3}}
    routing = desk.context(system_actor("routing"))
    await note_agent(an_agent("bram", "Bram Jansen"), routing, record=desk.record)
    now = {"id": case["id"], "asOf": {"recordedAt": SystemClock().now().isoformat()}}
    assert (await desk.ask("CaseAsOf", before, AUDITOR))["assignee"]["displayName"] == "Bram"
    await desk.hub.until(lambda: _sequenced(desk), timeout_ms=5_000)
    assert (await desk.ask("CaseAsOf", now, AUDITOR))["assignee"]["displayName"] == "Bram Jansen"


async def _sequenced(desk: Desk) -> bool | None:
    count = await desk.pool.fetchval("SELECT count(*) = (SELECT max(position) FROM es.log) FROM es.events")
    return count or None


async def test_without_a_purpose_an_auditor_sees_that_there_was_a_text_and_not_which(desk: Desk) -> None:
    case = await desk.opened("Something private")
    asked = {"id": case["id"], "asOf": {"version": 2}}
    closed = (await desk.graphql(WHOLE, asked, AUDITOR))["data"]["caseAsOf"]
    assert (closed["subject"], closed["contacts"][0]["text"]) == (None, None)
    assert closed["contacts"][0]["textState"] == "NOT_PERMITTED"
    assert closed["customer"]["displayName"].startswith("Klant ")
    assert [(handle["kind"], handle["value"]) for handle in closed["customer"]["handles"]] == [("WHATSAPP", None)]
    opened = (await desk.graphql(WHOLE, asked, AUDITOR, **{"eender-purpose": "audit"}))["data"]["caseAsOf"]
    assert (opened["subject"], opened["contacts"][0]["text"]) == ("Something private", "Something private")
    assert opened["customer"]["handles"][0]["value"] == f"+316{desk.customers}"
    assert opened["customer"]["displayName"] == "Sam Bakker"


async def test_contacts_come_in_pages_that_begin_behind_an_id(desk: Desk) -> None:
    case = await desk.opened("first")
    await desk.whatsapp(f"+316{desk.customers}", "second")
    asked = {"id": case["id"], "asOf": {"recordedAt": "2999-01-01T00:00:00Z"}}
    await desk.hub.until(lambda: _sequenced(desk), timeout_ms=5_000)
    (first,) = (await desk.graphql(WHOLE, asked))["data"]["caseAsOf"]["contacts"]
    (second,) = (await desk.graphql(WHOLE, {**asked, "after": first["id"]}))["data"]["caseAsOf"]["contacts"]
    assert (first["text"], second["text"]) == ("first", "second")
    assert (await desk.graphql(WHOLE, {**asked, "after": second["id"]}))["data"]["caseAsOf"]["contacts"] == []
    assert await code_of(desk, {**asked, "after": case["id"]}) == "BAD_USER_INPUT"


async def test_a_budget_that_is_withdrawn_is_shown_in_the_past_alone(desk: Desk) -> None:
    case = await desk.opened()
    shown = "query { viewer { agent { budgets { available { amount } } } } }"
    asked = {"id": case["id"], "asOf": {"version": 3}}
    then = (await desk.graphql(BUDGETS, asked, LEAD))["data"]["caseAsOf"]["assigneeBudgets"]
    assert len(then) == 1
    told = a_budget(BudgetOwnerKind.AGENT, "anna", id_of("agent", "anna"), granted=25_000, limit=5_000)
    closed = msgspec.structs.replace(told, standing=msgspec.structs.replace(told.standing, open=False))
    await note_budget(closed, desk.context(system_actor("routing")), record=desk.record)
    assert (await desk.graphql(shown, {}, "AGENT:anna"))["data"]["viewer"]["agent"]["budgets"] == []
    asked_of_strawberry = {"input": {"presence": "ONLINE"}}
    answer = await desk.graphql(PRESENT, asked_of_strawberry, "AGENT:anna")
    assert answer["data"]["agentPresenceSet"]["agent"]["budgets"] == []
    refused = await desk.do("GestureGive", caseId=case["id"], kind="GIFT", reason="goodwill", amount=euros("7.00"))
    assert [error["code"] for error in refused["errors"]] == ["CURRENCY_MISMATCH"]
    assert refused["gesture"] is None
    await desk.hub.until(lambda: _sequenced(desk), timeout_ms=5_000)
    now = {"id": case["id"], "asOf": {"recordedAt": SystemClock().now().isoformat()}}
    assert (await desk.graphql(BUDGETS, now, LEAD))["data"]["caseAsOf"]["assigneeBudgets"] == []
    assert (await desk.graphql(BUDGETS, asked, LEAD))["data"]["caseAsOf"]["assigneeBudgets"] == then
    await note_budget(told, desk.context(system_actor("routing")), record=desk.record)


async def test_money_of_the_time_is_for_its_owner_leads_and_auditors(desk: Desk) -> None:
    case = await desk.opened()
    before = {"id": case["id"], "asOf": {"version": 3}}
    then = (await desk.graphql(BUDGETS, before, LEAD))["data"]["caseAsOf"]["assigneeBudgets"]
    await desk.do(
        "GestureGive",
        caseId=case["id"],
        kind="REFUND",
        reference={"kind": "ORDER", "value": "7"},
        reason="goodwill",
        amount=euros("7.00"),
    )
    await desk.hub.until(lambda: _sequenced(desk), timeout_ms=5_000)
    after = {"id": case["id"], "asOf": {"recordedAt": SystemClock().now().isoformat()}}
    for token in (LEAD, AUDITOR, "AGENT:anna"):
        assert (await desk.graphql(BUDGETS, before, token))["data"]["caseAsOf"]["assigneeBudgets"] == then
        now = (await desk.graphql(BUDGETS, after, token))["data"]["caseAsOf"]["assigneeBudgets"]
        assert float(now[0]["spent"]["amount"]) == float(then[0]["spent"]["amount"]) + 7
    assert await code_of(desk, before, BUDGETS, "AGENT:bram") == "FORBIDDEN"


async def test_what_is_no_point_of_the_past_is_refused_or_nothing(desk: Desk) -> None:
    case = await desk.opened()
    for as_of in ({"version": 0}, {"version": -1}, {"position": "0"}, {"position": "x"}, {"position": "9" * 17}):
        assert await code_of(desk, {"id": case["id"], "asOf": as_of}) == "BAD_USER_INPUT", as_of
    for as_of in ({"position": "1"}, {"recordedAt": "2000-01-01T00:00:00Z"}):
        answer = await desk.graphql(WHOLE, {"id": case["id"], "asOf": as_of}, AUDITOR)
        assert answer["data"] == {"caseAsOf": None}, as_of
    nobody = ids.encode(IdType.CASE, UUID(int=1))
    for unknown in (nobody, "nonsense", case["customer"]["id"]):
        answer = await desk.graphql(WHOLE, {"id": unknown, "asOf": {"version": 1}}, AUDITOR)
        assert answer["data"] == {"caseAsOf": None}
    assert await code_of(desk, {"id": case["id"], "asOf": {"version": 1}}, WHOLE, "PRIVACY:petra") == "FORBIDDEN"


async def test_a_missing_key_is_named_and_spares_all_else(desk: Desk) -> None:
    case, other = await desk.opened(), await desk.opened()
    case_id, customer_id = (
        ids.uuid_of(kind, each) for kind, each in ((IdType.CASE, case["id"]), (IdType.CUSTOMER, case["customer"]["id"]))
    )
    # Destroyed first, so that it is at hand nowhere.
    await desk.keys.destroy_scope(SealingScope(customer_id, case_id), SystemClock().now())
    asked = {"id": case["id"], "asOf": {"version": 2}}
    (contact,) = (await desk.graphql(WHOLE, asked, AUDITOR, **PURPOSE))["data"]["caseAsOf"]["contacts"]
    assert contact["text"] is None
    await desk.keys._pool.execute("DELETE FROM keys.contents WHERE scope_id = $1", case_id)
    (error,) = (await desk.graphql(WHOLE, asked, AUDITOR, **PURPOSE))["errors"]
    assert error["extensions"]["code"] == "UNAVAILABLE"
    assert error["message"].startswith(f"stream {case_id} version 2: the key of what topic case.contact-attached.v1")
    assert (await desk.ask("CaseAsOf", {**asked, "id": other["id"]}, AUDITOR))["version"] == 2
    history = await desk.ask("CaseHistory", {"id": case["id"]}, AUDITOR)
    assert history["history"]["nodes"][1]["withheld"] == ["content"]


async def test_a_fact_of_a_newer_program_is_named_and_spares_all_else(desk: Desk) -> None:
    case, other = await desk.opened(), await desk.opened()
    case_id = ids.uuid_of(IdType.CASE, case["id"])
    await desk.pool.execute(
        "UPDATE es.events SET topic = 'case.assigned.v9' WHERE stream_id = $1 AND version = 3", case_id
    )
    asked = {"id": case["id"], "asOf": {"version": 3}}
    answer = await desk.graphql(WHOLE, asked, AUDITOR)
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "UNAVAILABLE"
    assert error["message"] == (
        f"stream {case_id} version 3: topic case.assigned.v9 is newer than this program, which knows it up to v1"
    )
    assert (await desk.ask("CaseAsOf", {**asked, "asOf": {"version": 2}}, AUDITOR))["version"] == 2
    assert (await desk.ask("CaseAsOf", {**asked, "id": other["id"]}, AUDITOR))["version"] == 3
    history = await desk.ask("CaseHistory", {"id": case["id"]}, AUDITOR)
    last = history["history"]["nodes"][-1]
    assert (last["type"], last["schemaVersion"]) == ("case.assigned.v9", 9)
    assert last["data"]["reason"] == "LEAST_LOADED"
