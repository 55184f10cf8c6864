"""The main job: a form, a phone call, a WhatsApp message; one customer, one case, one agent, one budget, and back."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

from tests.support.shop import Shop, eventually


async def test_s001_s019_s039_s104_three_doors_lead_to_one_customer_one_case_and_one_agent(
    shop: Shop, number: str
) -> None:
    anna = await shop.online("anna")
    question = f"My parcel is late, {number}"
    accepted = await shop.form(
        {"name": "Sam Visser", "email": f"sam{number}@customer.example", "phone": f"+{number}", "message": question}
    )
    assert accepted.status_code == 202

    first = await shop.case_with_text(question)
    assert first["channels"] == ["FORM"]
    assigned = await eventually(lambda: shop.case(anna, first["id"]), lambda case: case["assignee"] is not None)
    agent = assigned["assignee"]["ref"]
    token = await shop.token("agent", agent)

    called = await shop.done(
        token,
        "ContactRecord",
        customer={"handle": {"kind": "PHONE", "value": f"+{number}"}},
        channel="VOICE",
        direction="INBOUND",
        text="Sam called: the parcel was to arrive on Monday.",
    )
    assert called["case"]["id"] == first["id"]

    await shop.whatsapp(number, f"Any news? {number}", name="Sam")
    case = await eventually(lambda: shop.case(token, first["id"]), lambda case: len(case["contacts"]["nodes"]) == 3)
    assert [contact["channel"] for contact in case["contacts"]["nodes"]] == ["FORM", "VOICE", "WHATSAPP"]
    assert set(case["channels"]) == {"FORM", "VOICE", "WHATSAPP"}
    assert case["assignee"]["ref"] == agent

    customer = await shop.customer(token, case["customer"]["id"])
    assert customer["openCases"]["totalCount"] == 1
    kinds = {handle["kind"]: handle["verified"] for handle in customer["handles"]}
    assert kinds.keys() == {"EMAIL", "PHONE", "WHATSAPP"}
    assert not kinds["EMAIL"]
    assert kinds["WHATSAPP"]
    contacts = [entry for entry in customer["timeline"]["nodes"] if entry["__typename"] == "Contact"]
    assert [entry["channel"] for entry in contacts] == ["WHATSAPP", "VOICE", "FORM"]

    replied = await shop.done(token, "CaseReply", caseId=case["id"], text="It is with the carrier; it comes tomorrow.")
    assert replied["contact"]["channel"] == "WHATSAPP"
    await eventually(lambda: texts(shop, number), lambda sent: len(sent) == 1)

    owned = await eventually(
        lambda: shop.customer(token, case["customer"]["id"]), lambda seen: seen["duo"]["owner"] is not None
    )
    assert owned["duo"]["owner"]["ref"] == agent


async def texts(shop: Shop, number: str) -> list[str]:
    return shop.stand_in.texts_to(number)


async def test_s002_s003_the_agent_settles_the_matter_from_an_own_budget_and_the_auditor_sees_every_step(
    shop: Shop, number: str
) -> None:
    carla = await shop.online("carla")
    for other in ("anna", "bram"):
        await shop.online(other, "OFFLINE")
    try:
        await shop.whatsapp(number, f"The mug is broken {number}")
        case = await shop.case_with_text(f"The mug is broken {number}")
        case = await eventually(lambda: shop.case(carla, case["id"]), lambda seen: seen["assignee"] is not None)
        assert case["assignee"]["ref"] == "carla"

        given = await gesture(shop, carla, case["id"], "25.00")
        assert given["gesture"]["status"] == "GIVEN"
        budget = given["budget"]
        assert budget["granted"]["amount"] == "250.00"
        assert budget["available"]["amount"] == "225.00"
        assert budget["spent"]["amount"] == "25.00"
        assert budget["reserved"]["amount"] == "0.00"

        await asyncio.gather(*(gesture(shop, carla, case["id"], "10.00") for _ in range(40)))

        async def statuses() -> list[str]:
            return [one["status"] for one in (await shop.case(carla, case["id"]))["gestures"]]

        # A busy machine answers before the ledger has decided.
        decided = {"GIVEN", "AWAITING_APPROVAL"}
        seen = await eventually(statuses, lambda seen: len(seen) == 41 and set(seen) <= decided, wait_s_max=60)
        assert (seen.count("GIVEN"), seen.count("AWAITING_APPROVAL")) == (1 + 22, 18)

        async def bar() -> tuple[str, str]:
            me = await shop.ask(carla, "Me")
            (budget,) = me["viewer"]["agent"]["budgets"]
            return budget["available"]["amount"], budget["spent"]["amount"]

        # What is reserved at once is spent a moment later.
        assert await eventually(bar, lambda seen: seen[1] == "245.00") == ("5.00", "245.00")

        await shop.done(carla, "CaseNoteAdd", caseId=case["id"], text="Sent a new mug as well.")
        resolved = await shop.done(carla, "CaseResolve", caseId=case["id"], cause="carrier-late")
        assert resolved["case"]["status"] == "RESOLVED"

        auditor = await shop.token("auditor", "olga")
        steps = await shop.history(auditor, case["id"])
        assert [step["version"] for step in steps] == list(range(1, len(steps) + 1))
        for previous, step in pairwise(steps):
            assert step["previousHash"] == previous["hash"]
        types = [step["type"] for step in steps]
        assert types[0].startswith("case.opened")
        assert sum("gesture" in kind and "requested" in kind for kind in types) == 41
        assert all(step["actor"] is not None for step in steps)
        assert await assignment_reasons(shop, carla, case["id"]) == ["LEAST_LOADED"]
        given_steps = [step for step in steps if "gesture" in step["type"] and "requested" in step["type"]]
        assert {step["data"]["reason"] for step in given_steps} == {"goodwill"}
    finally:
        for other in ("anna", "bram"):
            await shop.online(other)


async def gesture(shop: Shop, token: str, case_id: str, amount: str) -> dict[str, Any]:
    return await shop.done(
        token,
        "GestureGive",
        caseId=case_id,
        kind="REFUND",
        reference={"kind": "ORDER", "value": "7"},
        amount={"amount": amount, "currencyCode": "EUR"},
        reason="goodwill",
    )


async def assignment_reasons(shop: Shop, token: str, case_id: str) -> list[str]:
    return [entry["reason"] for entry in (await shop.case(token, case_id))["assignments"]]
