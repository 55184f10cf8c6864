"""The desk's, the lead's and the auditor's documents, run verbatim against a running API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from infra.clock import SystemClock
from infra.embedded.postgres import EmbeddedPostgres
from tests.integration.graphql_stand import Desk, euros, own_desk

LEAD = "LEAD:lena"


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


async def test_an_agent_sees_who_she_is_and_what_money_she_has(desk: Desk) -> None:
    viewer = await desk.ask("Me")
    assert (viewer["kind"], viewer["roles"], viewer["agent"]["ref"]) == ("PERSON", ["AGENT"], "anna")
    (budget,) = viewer["agent"]["budgets"]
    assert budget["granted"] == {"amount": "250.00", "currencyCode": "EUR"}
    assert budget["itemLimit"] == {"amount": "50.00", "currencyCode": "EUR"}


async def test_the_customer_screen_shows_everything_that_happened(desk: Desk) -> None:
    case = await desk.opened()
    await desk.do("CaseReply", caseId=case["id"], text="Tomorrow.")
    await desk.do("CaseNoteAdd", caseId=case["id"], text="Carrier called.")
    await desk.do("GestureGive", caseId=case["id"], kind="VOUCHER", reason="goodwill", amount=euros("5.00"))
    screen = await desk.ask("CustomerScreen", {"id": case["customer"]["id"]})
    assert screen["displayName"] == "Sam Bakker"
    assert [(handle["kind"], handle["value"], handle["verified"]) for handle in screen["handles"]] == [
        ("WHATSAPP", f"+316{desk.customers}", True)
    ]
    assert (screen["openCases"]["totalCount"], screen["closedCases"]["totalCount"]) == (1, 0)
    kinds = [entry["__typename"] for entry in screen["timeline"]["nodes"]]
    assert kinds == ["Gesture", "Note", "StatusChange", "Contact", "Assignment", "Contact"]
    first = screen["timeline"]["nodes"][-1]
    assert (first["text"], first["direction"], first["actor"]["__typename"]) == (
        case["subject"],
        "INBOUND",
        "Customer",
    )


async def test_the_case_screen_shows_contacts_gestures_and_why_it_was_assigned(desk: Desk) -> None:
    case = await desk.opened()
    await desk.do(
        "GestureGive",
        caseId=case["id"],
        kind="REFUND",
        reference={"kind": "ORDER", "value": "7"},
        reason="damaged",
        amount=euros("12.50"),
    )
    screen = await desk.ask("CaseScreen", {"id": case["id"]})
    assert [contact["text"] for contact in screen["contacts"]["nodes"]] == [case["subject"]]
    assert [(given["status"], given["amount"]["amount"]) for given in screen["gestures"]] == [("GIVEN", "12.50")]
    assert screen["commitments"] == []
    (assignment,) = screen["assignments"]
    assert assignment["agent"]["ref"] == "anna"
    assert [(c["agent"]["ref"], c["tier"], c["rejected"]) for c in assignment["candidates"]] == [
        ("anna", "LEAST_LOADED", None)
    ]
    seen_by_lead = await desk.ask("CaseScreen", {"id": case["id"]}, LEAD)
    assert [c["agent"]["ref"] for c in seen_by_lead["assignments"][0]["candidates"]] == ["anna", "bram"]


async def test_a_reply_answers_with_its_place_in_the_log(desk: Desk) -> None:
    case = await desk.opened()
    payload = await desk.do("CaseReply", caseId=case["id"], text="Tomorrow.")
    assert payload["errors"] == []
    assert (payload["contact"]["channel"], payload["contact"]["deliveryStatus"]) == ("WHATSAPP", "REQUESTED")
    assert (payload["case"]["status"], payload["case"]["version"]) == ("WAITING", case["version"] + 2)
    assert payload["position"].isdigit()


async def test_a_customer_is_found_by_any_spelling_of_the_number(desk: Desk) -> None:
    case = await desk.opened()
    digits = str(desk.customers)
    spellings = (("WHATSAPP", f"+316{digits}"), ("PHONE", f"06{digits}"), ("PHONE", f"+31 6 {digits[:4]} {digits[4:]}"))
    for kind, value in spellings:
        found = await desk.ask("FindCustomer", {"kind": kind, "value": value})
        assert found["id"] == case["customer"]["id"], value
    assert await desk.ask("FindCustomer", {"kind": "PHONE", "value": "0699999999"}) is None
    assert await desk.ask("FindCustomer", {"kind": "EMAIL", "value": "no address"}) is None


async def test_a_call_is_written_down_in_the_case_of_its_caller(desk: Desk) -> None:
    case = await desk.opened()
    caller = {"handle": {"kind": "PHONE", "value": f"06{desk.customers}"}}
    payload = await desk.do("ContactRecord", customer=caller, channel="VOICE", direction="INBOUND", text="Called.")
    assert payload["errors"] == []
    assert (payload["case"]["id"], payload["case"]["channels"]) == (case["id"], ["WHATSAPP", "VOICE"])
    added = await desk.do(
        "HandleAdd", customerId=case["customer"]["id"], kind="EMAIL", value=f"Sam{desk.customers}@shop.example"
    )
    assert [handle["value"] for handle in added["customer"]["handles"]][-1] == f"Sam{desk.customers}@shop.example"


async def test_a_resolved_case_leaves_the_inbox(desk: Desk) -> None:
    case = await desk.opened()
    payload = await desk.do("CaseResolve", caseId=case["id"])
    assert (payload["case"]["status"], payload["errors"]) == ("RESOLVED", [])
    assert case["id"] not in [node["id"] for node in (await desk.ask("AgentInbox", {"first": 100}))["nodes"]]
    again = await desk.do("CaseResolve", caseId=case["id"])
    assert [(error["__typename"], error["code"]) for error in again["errors"]] == [("Refused", "CASE_RESOLVED")]


async def test_presence_and_agents_come_back_as_routing_knows_them(desk: Desk) -> None:
    away = await desk.do("PresenceSet", presence="AWAY")
    assert (away["agent"]["presence"], away["errors"]) == ("AWAY", [])
    made = await desk.do("AgentUpsert", LEAD, ref="carla", displayName="Carla Smit")
    assert (made["agent"]["displayName"], made["errors"]) == ("Carla Smit", [])
    team = await desk.ask("Team", token=LEAD)
    assert [agent["ref"] for agent in team["nodes"]] == ["anna", "bram", "carla"]
    assert team["nodes"][0]["budgets"][0]["granted"]["amount"] == "250.00"


async def test_a_gesture_above_the_limit_waits_for_a_lead(desk: Desk) -> None:
    case = await desk.opened()
    before = (await desk.ask("Me"))["agent"]["budgets"][0]["spent"]["amount"]
    asked = await desk.do(
        "GestureGive",
        caseId=case["id"],
        kind="REFUND",
        reference={"kind": "ORDER", "value": "7"},
        reason="goodwill",
        amount=euros("80.00"),
    )
    assert (asked["gesture"]["status"], asked["budget"]["spent"]["amount"]) == ("AWAITING_APPROVAL", before)
    (waiting,) = (await desk.ask("Approvals", token=LEAD))["nodes"]
    assert (waiting["__typename"], waiting["requestedBy"]["displayName"]) == ("Gesture", "Anna")
    desk.routing.refuses_approvals = True
    refused = await desk.do("GestureApprove", LEAD, gestureId=waiting["id"])
    assert [error["code"] for error in refused["errors"]] == ["OVER_OWN_LIMIT"]
    assert refused["gesture"]["status"] == "AWAITING_APPROVAL"
    desk.routing.refuses_approvals = False
    given = await desk.do("GestureApprove", LEAD, gestureId=waiting["id"])
    assert (given["gesture"]["status"], given["errors"]) == ("GIVEN", [])
    assert (await desk.ask("Approvals", token=LEAD))["nodes"] == []
    late = await desk.do("GestureDecline", LEAD, gestureId=waiting["id"], reason="Too late")
    assert [error["code"] for error in late["errors"]] == ["NOT_AWAITING_APPROVAL"]


async def test_the_lead_reads_the_queue_in_pages_that_neither_miss_nor_double(desk: Desk) -> None:
    before = SystemClock().now().isoformat()
    for place in range(7):
        await desk.whatsapp(f"+3162000000{place}", f"matter {place}")
    where = {"assigned": False, "openedAfter": before}
    seen: list[str] = []
    after = None
    while True:
        page = await desk.ask("Cases", {"first": 3, "after": after, "where": where}, LEAD)
        assert page["totalCount"] == 7
        seen += [node["subject"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert sorted(seen) == [f"matter {place}" for place in range(7)]
    assert len(seen) == 7
    none = await desk.ask("Cases", {"where": {"assigneeId": "bm90aGluZw"}}, LEAD)
    assert (none["totalCount"], none["nodes"]) == (0, [])


async def test_filters_nest_and_say_when_they_are_too_large(desk: Desk) -> None:
    await desk.opened()
    before = SystemClock().now().isoformat()
    await desk.whatsapp("+31611111111", "Nobody has this")
    either = {
        "or": [{"assigned": False}, {"status": {"in": ["RESOLVED"]}}],
        "channel": "WHATSAPP",
        "openedAfter": before,
    }
    found = await desk.ask("Cases", {"where": either}, LEAD)
    assert [node["subject"] for node in found["nodes"]] == ["Nobody has this"]
    half_known = {"or": [{"customerId": "bm90aGluZw"}, either], "openedAfter": before}
    found = await desk.ask("Cases", {"where": half_known}, LEAD)
    assert [node["subject"] for node in found["nodes"]] == ["Nobody has this"], "an id of nothing fits no case"
    deep: dict[str, Any] = {"unread": True}
    for _ in range(6):
        deep = {"and": [deep]}
    answer = await desk.graphql("query($w: CaseWhere) { cases(where: $w) { totalCount } }", {"w": deep}, LEAD)
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_screen_costs_a_handful_of_statements_however_much_it_shows(desk: Desk) -> None:
    case = await desk.opened()
    small = await _cost(desk, case)
    for place in range(8):
        await desk.whatsapp(f"+316{desk.customers}", f"again {place}")
        await desk.do("CaseNoteAdd", caseId=case["id"], text=f"note {place}")
        await desk.do("GestureGive", caseId=case["id"], kind="GIFT", reason="goodwill", amount=euros("1.00"))
    large = await _cost(desk, case)
    assert large == small
    assert large["CustomerScreen"] <= 8
    assert large["CaseScreen"] <= 8
    assert large["AgentInbox"] <= 3


async def _cost(desk: Desk, case: dict[str, Any]) -> dict[str, int]:
    costs = {}
    asked = {
        "CustomerScreen": {"id": case["customer"]["id"]},
        "CaseScreen": {"id": case["id"]},
        "AgentInbox": {"first": 25},
    }
    for operation, variables in asked.items():
        desk.statements.clear()
        await desk.ask(operation, variables)
        costs[operation] = desk.statements.total()
    return costs
