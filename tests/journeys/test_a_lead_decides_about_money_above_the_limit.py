"""Above the item limit a gesture waits for another person; the team account pays, never the requester."""

from __future__ import annotations

from typing import Any

from tests.support.shop import Shop, eventually


async def awaiting(shop: Shop, agent: str, number: str, amount: str) -> dict[str, Any]:
    await shop.whatsapp(number, f"All broken {number} {amount}")
    case = await shop.case_with_text(f"All broken {number} {amount}")
    payload = await shop.done(
        agent, "GestureGive", caseId=case["id"], kind="REFUND", reason="damaged",
        reference={"kind": "ORDER", "value": "7"}, amount={"amount": amount, "currencyCode": "EUR"},
    )  # fmt: skip
    assert payload["gesture"]["status"] == "AWAITING_APPROVAL"
    return {"case": case, **payload}


async def budgets(shop: Shop, lead: str, ref: str) -> dict[str, Any]:
    team = await shop.ask(lead, "Team", {"first": 50})
    (agent,) = [node for node in team["agents"]["nodes"] if node["ref"] == ref]
    (budget,) = agent["budgets"]
    return dict(budget)


async def test_a_lead_approves_and_the_team_account_pays(shop: Shop, number: str) -> None:
    anna = await shop.online("anna")
    lead = await shop.token("lead", "lena")
    before = await budgets(shop, lead, "anna")
    asked = await awaiting(shop, anna, number, "80.00")
    waiting = (await shop.ask(lead, "Approvals"))["approvals"]["nodes"]
    (mine,) = [node for node in waiting if node["id"] == asked["gesture"]["id"]]
    assert mine["requestedBy"]["displayName"] == "Anna de Vries"
    assert mine["amount"]["amount"] == "80.00"

    approved = await shop.done(lead, "GestureApprove", gestureId=asked["gesture"]["id"])
    assert approved["gesture"]["status"] in {"GIVEN", "PAYING"}
    case = await eventually(
        lambda: shop.case(anna, asked["case"]["id"]), lambda seen: seen["gestures"][0]["status"] == "GIVEN"
    )
    assert case["gestures"][0]["amount"]["amount"] == "80.00"
    after = await budgets(shop, lead, "anna")
    assert after["available"] == before["available"]


async def test_a_lead_declines_with_a_reason_and_nothing_is_spent(shop: Shop, number: str) -> None:
    anna = await shop.online("anna")
    lead = await shop.token("lead", "lena")
    asked = await awaiting(shop, anna, number, "90.00")
    declined = await shop.done(
        lead, "GestureDecline", gestureId=asked["gesture"]["id"], reason="Offer a replacement instead."
    )
    assert declined["gesture"]["status"] == "DECLINED"
    again = await shop.do(lead, "GestureApprove", gestureId=asked["gesture"]["id"])
    assert [error["code"] for error in again["errors"]] == ["NOT_AWAITING_APPROVAL"]


async def test_nobody_approves_an_own_gesture_under_whatever_role(shop: Shop, number: str) -> None:
    anna = await shop.online("anna")
    asked = await awaiting(shop, anna, number, "70.00")
    anna_as_lead = await shop.token("lead", "anna")
    refused = await shop.do(anna_as_lead, "GestureApprove", gestureId=asked["gesture"]["id"])
    assert [error["code"] for error in refused["errors"]] == ["SELF_APPROVAL"]
    plain = await shop.do(anna, "GestureApprove", gestureId=asked["gesture"]["id"])
    assert [error["code"] for error in plain["errors"]] == ["FORBIDDEN"]


async def test_a_lead_cannot_approve_above_the_limit_of_the_team_account(shop: Shop, number: str) -> None:
    anna = await shop.online("anna")
    lead = await shop.token("lead", "lena")
    asked = await awaiting(shop, anna, number, "600.00")
    refused = await shop.do(lead, "GestureApprove", gestureId=asked["gesture"]["id"])
    assert [error["code"] for error in refused["errors"]] == ["OVER_OWN_LIMIT"]
    waiting = (await shop.ask(lead, "Approvals"))["approvals"]["nodes"]
    assert asked["gesture"]["id"] in {node["id"] for node in waiting}


async def test_a_lead_sets_up_an_agent_but_never_an_own_budget(shop: Shop) -> None:
    lead = await shop.token("lead", "lena")
    budget = {"amount": "100.00", "currencyCode": "EUR", "period": "WEEK", "itemLimit": "20.00"}
    made = await shop.done(lead, "AgentUpsert", ref="dirk", displayName="Dirk Bos", budgets=[budget])
    assert made["agent"]["displayName"] == "Dirk Bos"
    seen = await eventually(lambda: budgets(shop, lead, "dirk"))
    assert seen["granted"]["amount"] == "100.00"
    dirk_as_lead = await shop.token("lead", "dirk")
    refused = await shop.do(dirk_as_lead, "AgentUpsert", ref="dirk", displayName="Dirk Bos", budgets=[budget])
    assert [error["code"] for error in refused["errors"]] == ["SELF_GRANT"]
