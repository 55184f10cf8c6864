"""An agent's day: cases change hands, promises are made and kept, a matter is settled at one stroke."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from infra.clock import SystemClock
from tests.support.day import PROMISES, Day, codes
from tests.support.shop import Shop, eventually


@pytest.fixture
def day(shop: Shop, number: str) -> Day:
    return Day(shop, number)


async def test_s075_an_agent_hands_a_case_to_a_colleague_who_sees_why(day: Day) -> None:
    shop = day.shop
    anna, case = await day.case_of("anna", "Please help")
    await shop.done(anna, "CaseReply", caseId=case["id"], text="I pass you on.")
    people = await day.agents()
    reason = "Bram knows this product."
    payload = await shop.done(anna, "CaseTransfer", caseId=case["id"], agentId=people["bram"]["id"], reason=reason)
    assert payload["case"]["assignee"]["ref"] == "bram"
    bram = await shop.token("agent", "bram")
    assert case["id"] in {node["id"] for node in await shop.inbox(bram)}
    assert case["id"] not in {node["id"] for node in await shop.inbox(anna)}
    seen = await day.seen(case["id"], bram)
    last = seen["assignments"][-1]
    assert (last["reason"], last["note"], last["policyVersion"]) == ("TRANSFERRED", reason, "")
    assert last["candidates"] == [{"tier": "MANUAL", "agent": {"ref": "bram"}, "rejected": None}]
    assert [each["agent"]["ref"] for each in seen["assignments"]] == ["anna", "bram"], "nobody is forgotten"
    assert seen["customer"]["duo"]["owner"]["ref"] == "anna", "the customer stays hers"
    types = [event["type"] for event in await shop.history(bram, case["id"])]
    assert types.count("case.transfer-requested.v1") == 1
    assert types.count("case.assigned.v1") == 2

    again = await shop.do(anna, "CaseTransfer", caseId=case["id"], agentId=people["bram"]["id"], reason="again")
    assert codes(again) == ["ALREADY_ASSIGNED"]


async def test_a_case_goes_to_a_team_or_back_to_routing_and_a_claim_takes_what_nobody_has(day: Day) -> None:
    shop = day.shop
    anna, case = await day.case_of("anna", "Who is it for")
    people = await day.agents()
    team = people["anna"]["teams"][0]
    payload = await shop.done(anna, "CaseTransfer", caseId=case["id"], teamId=team["id"], reason="for the team")
    assert payload["case"]["assignee"] is None, "only anna is there, and she gave it away"
    seen = await day.seen(case["id"])
    assert seen["assignments"][-1]["team"]["ref"] == team["ref"]
    assert {each["rejected"] for each in seen["assignments"][-1]["candidates"]} == {"EXCLUDED", "UNAVAILABLE"}
    nobody = {"caseId": case["id"], "reason": "no target"}
    assert codes(await shop.do(anna, "CaseTransfer", **nobody)) == ["INVALID_INPUT"]

    bram = await shop.token("agent", "bram")
    claimed = await day.change(bram, "caseClaim", caseId=case["id"])
    assert claimed["errors"] == []
    assert (await shop.case(bram, case["id"]))["assignee"]["ref"] == "bram"
    late = await day.change(anna, "caseClaim", caseId=case["id"])
    assert codes(late) == ["ALREADY_ASSIGNED"]

    carla = await shop.online("carla")
    back = await shop.done(bram, "CaseTransfer", caseId=case["id"], reroute=True, reason="not my field")
    assert back["case"]["assignee"]["ref"] == "carla"
    await shop.done(carla, "CaseResolve", caseId=case["id"])


async def test_s064_s065_a_promise_is_made_kept_broken_or_withdrawn_and_everybody_sees_it(day: Day) -> None:
    shop = day.shop
    anna, case = await day.case_of("anna", "When do I hear")
    now = SystemClock().now()

    async def promise(text: str, seconds: float) -> str:
        due = (now + timedelta(seconds=seconds)).isoformat()
        payload = await shop.done(anna, "CommitmentMake", caseId=case["id"], text=text, dueAt=due)
        assert payload["commitment"]["status"] == "OPEN"
        return str(payload["commitment"]["id"])

    kept, withdrawn = await promise("A call tomorrow", 3600), await promise("A gift", 7200)
    overdue = await promise("An answer at once", 3)
    done = await day.change(anna, "commitmentKeep", "commitment { status }", commitmentId=kept)
    assert done["commitment"]["status"] == "KEPT"
    taken = {"commitmentId": withdrawn, "reason": "It was a mistake."}
    assert (await day.change(anna, "commitmentWithdraw", "commitment { status }", **taken))["errors"] == []

    async def statuses() -> dict[str, str]:
        return {each["id"]: each["status"] for each in (await shop.case(anna, case["id"]))["commitments"]}

    found = await eventually(statuses, lambda seen: seen[overdue] == "BROKEN")
    assert found == {kept: "KEPT", withdrawn: "WITHDRAWN", overdue: "BROKEN"}
    late = await day.change(anna, "commitmentKeep", "commitment { status }", commitmentId=overdue)
    assert codes(late) == ["INVALID_INPUT"]

    people = await day.agents()
    where = {"ownerId": people["anna"]["id"], "status": "BROKEN", "dueBefore": SystemClock().now().isoformat()}
    answer = await shop.graphql(anna, PROMISES, {"where": where})
    assert overdue in {each["id"] for each in answer["data"]["commitments"]["nodes"]}
    timeline = (await shop.customer(anna, case["customer"]["id"]))["timeline"]["nodes"]
    promised = [entry for entry in timeline if entry["__typename"] == "Commitment"]
    assert {entry["promise"]: entry["commitmentStatus"] for entry in promised} == {
        "A call tomorrow": "KEPT", "A gift": "WITHDRAWN", "An answer at once": "BROKEN",
    }  # fmt: skip


async def test_a_case_waits_until_its_time_comes_and_is_filed_and_ranked_by_people(day: Day) -> None:
    shop = day.shop
    anna, case = await day.case_of("anna", "It takes a while")
    until = (SystemClock().now() + timedelta(seconds=3)).isoformat()
    waits = {"caseId": case["id"], "for": "DATE", "until": until, "note": "The supplier answers soon."}
    waiting = await day.change(anna, "caseWait", **waits)
    assert (waiting["case"]["status"], waiting["case"]["waitingFor"]) == ("WAITING", "DATE")
    await eventually(lambda: shop.case(anna, case["id"]), lambda seen: seen["status"] == "OPEN")

    ranked = await day.change(anna, "casePrioritySet", caseId=case["id"], priority="HIGH", reason="Medicine inside.")
    assert ranked["case"]["priority"] == "HIGH"
    tagged = await day.change(anna, "caseTagsSet", caseId=case["id"], add=["supplier", f"t{day.number}"])
    assert tagged["case"]["tags"] == sorted(["supplier", f"t{day.number}"])
    found = await shop.ask(anna, "Cases", {"where": {"tag": f"t{day.number}"}, "first": 5})
    assert [node["id"] for node in found["cases"]["nodes"]] == [case["id"]]

    bram = await shop.token("agent", "bram")
    for token in (anna, bram):
        payload = await day.change(token, "caseViewingSet", "viewing { ref }", caseId=case["id"], typing=True)
    assert {each["ref"] for each in payload["viewing"]} == {"anna", "bram"}
    await shop.done(anna, "CaseResolve", caseId=case["id"])
    assert (await day.seen(case["id"]))["viewing"] == []
    assert codes(await day.change(bram, "caseViewingSet", "viewing { ref }", caseId=case["id"], typing=False)) == [
        "CASE_RESOLVED"
    ]
    assert codes(await day.change(anna, "caseWait", caseId=case["id"], **{"for": "CUSTOMER"})) == ["CASE_RESOLVED"]
    opened = await day.change(anna, "caseReopen", caseId=case["id"], reason="Too soon.")
    assert opened["case"]["status"] == "OPEN"
    assert codes(await day.change(anna, "caseReopen", caseId=case["id"])) == ["CASE_NOT_RESOLVED"]


SETTLED = "version case { id status waitingFor } contact { id deliveryStatus text } gesture { id status } budget { id }"


def settling(case: dict[str, Any], amount: str | None = None, currency: str = "EUR") -> dict[str, Any]:
    asked = {"caseId": case["id"], "reply": {"text": "You get it back.", "visibility": "PRIVATE"}}
    if amount is None:
        return asked
    money = {"amount": amount, "currencyCode": currency}
    return {
        **asked,
        "gesture": {
            "kind": "REFUND",
            "reference": {"kind": "ORDER", "value": "7"},
            "reason": "damaged",
            "amount": money,
        },
    }


async def test_s002_a_matter_is_settled_at_one_stroke(day: Day) -> None:
    shop = day.shop
    anna, case = await day.case_of("anna", "Broken")
    asked = {**settling(case, "12.50"), "idempotencyKey": f"settle-{day.number}"}
    first = await day.change(anna, "caseSettle", SETTLED, **asked)
    assert first["errors"] == []
    assert (first["case"]["status"], first["gesture"]["status"]) == ("RESOLVED", "GIVEN")
    await eventually(lambda: shop.case(anna, case["id"]), lambda seen: answered(seen) == ["DELIVERED"] or sent(seen))
    again = await day.change(anna, "caseSettle", SETTLED, **asked)
    assert (again["contact"]["id"], again["gesture"]["id"]) == (first["contact"]["id"], first["gesture"]["id"])
    assert len((await shop.case(anna, case["id"]))["gestures"]) == 1


def answered(seen: dict[str, Any]) -> list[str]:
    contacts = seen["contacts"]["nodes"]
    return [contact["deliveryStatus"] for contact in contacts if contact["direction"] == "OUTBOUND"]


def sent(seen: dict[str, Any]) -> bool:
    return answered(seen)[0] in {"ACCEPTED", "SENT", "DELIVERED", "READ"}


async def test_nothing_is_sent_if_the_money_is_refused(day: Day) -> None:
    shop = day.shop
    anna, case = await day.case_of("anna", "In dollars")
    refused = await day.change(anna, "caseSettle", SETTLED, **settling(case, "5.00", "USD"))
    assert [(error["code"], error["path"]) for error in refused["errors"]] == [
        ("CURRENCY_MISMATCH", ["gesture", "amount", "currencyCode"])
    ]
    seen = await shop.case(anna, case["id"])
    assert (seen["status"], answered(seen), seen["gestures"]) == ("OPEN", [], [])


async def test_above_the_limit_the_whole_settlement_waits_for_the_lead_and_leaves_on_approval(day: Day) -> None:
    shop = day.shop
    anna, case = await day.case_of("anna", "All of it is broken")
    lead = await shop.token("lead", "lena")
    asked = await day.change(anna, "caseSettle", SETTLED, **settling(case, "80.00"))
    assert asked["errors"] == []
    assert (asked["case"]["status"], asked["case"]["waitingFor"]) == ("WAITING", "APPROVAL")
    assert (asked["contact"]["deliveryStatus"], asked["gesture"]["status"]) == ("HELD", "AWAITING_APPROVAL")
    assert answered(await shop.case(lead, case["id"])) == ["HELD"], "the lead sees what will be said"
    assert codes(await day.change(anna, "caseSettle", SETTLED, **settling(case))) == ["IDEMPOTENCY_IN_PROGRESS"]
    await shop.done(lead, "GestureApprove", gestureId=asked["gesture"]["id"])
    seen = await eventually(lambda: shop.case(anna, case["id"]), lambda now: now["status"] == "RESOLVED")
    assert seen["gestures"][0]["status"] == "GIVEN"
    await eventually(lambda: shop.case(anna, case["id"]), sent)
    types = [event["type"] for event in await shop.history(lead, case["id"])]
    left = types.index("case.settlement-left.v1")
    assert types[left - 1 : left + 3] == [
        "case.gesture-given.v1", "case.settlement-left.v1", "case.reply-requested.v1", "case.resolved.v1",
    ]  # fmt: skip


async def test_what_the_lead_declines_is_never_sent(day: Day) -> None:
    shop = day.shop
    anna, case = await day.case_of("anna", "I want everything back")
    lead = await shop.token("lead", "lena")
    asked = await day.change(anna, "caseSettle", SETTLED, **settling(case, "90.00"))
    await shop.done(lead, "GestureDecline", gestureId=asked["gesture"]["id"], reason="Offer less.")
    seen = await shop.case(anna, case["id"])
    assert (seen["status"], answered(seen)) == ("OPEN", ["CANCELLED"])
    assert shop.stand_in.texts_to(day.number) == []
