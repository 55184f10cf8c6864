"""Impersonation: somebody types another person's phone number into the form."""

from __future__ import annotations

import asyncio

from tests.support.shop import Shop, eventually


async def test_a_typed_number_never_brings_its_owner_somebody_elses_answers(shop: Shop, number: str) -> None:
    lead = await shop.token("lead", "lena")
    await shop.form(
        {"email": f"thief{number}@nowhere.example", "phone": f"+{number}", "message": f"Where is my order? {number}"}
    )
    typed = await shop.case_with_text(f"Where is my order? {number}")

    await shop.whatsapp(number, f"I never wrote to you before {number}", name="Victim")
    written = await shop.case_with_text(f"I never wrote to you before {number}")
    assert written["customer"]["id"] != typed["customer"]["id"]
    assert written["id"] != typed["id"]

    refused = await shop.do(lead, "CaseReply", caseId=typed["id"], text="Your order goes to Elm Street 5.")
    assert [error["code"] for error in refused["errors"]] == ["CHANNEL_CANNOT_REPLY"]
    named = await shop.do(lead, "CaseReply", caseId=typed["id"], text="The same.", channel="WHATSAPP")
    assert named["errors"]

    await shop.done(lead, "CaseReply", caseId=written["id"], text=f"Nice to meet you {number}")
    await eventually(lambda: _texts(shop, number), lambda sent: len(sent) == 1)
    assert shop.stand_in.texts_to(number) == [f"Nice to meet you {number}"]


async def test_a_number_that_a_customer_holds_for_sure_is_not_joined_by_typing_it(shop: Shop, number: str) -> None:
    lead = await shop.token("lead", "lena")
    await shop.whatsapp(number, f"Hello, it is me {number}", name="Victim")
    true_case = await shop.case_with_text(f"Hello, it is me {number}")

    await shop.form(
        {"email": f"thief2{number}@nowhere.example", "phone": f"+{number}", "message": f"Change my address {number}"}
    )
    typed = await shop.case_with_text(f"Change my address {number}")
    assert typed["customer"]["id"] != true_case["customer"]["id"]

    refused = await shop.do(lead, "CaseReply", caseId=typed["id"], text="Done.")
    assert [error["code"] for error in refused["errors"]] == ["CHANNEL_CANNOT_REPLY"]
    await asyncio.sleep(0.5)
    assert shop.stand_in.texts_to(number) == []


async def test_a_call_from_a_number_goes_to_who_holds_it_for_sure_not_to_who_typed_it(shop: Shop, number: str) -> None:
    lead = await shop.token("lead", "lena")
    await shop.form(
        {"email": f"thief3{number}@nowhere.example", "phone": f"+{number}", "message": f"It is really me {number}"}
    )
    typed = await shop.case_with_text(f"It is really me {number}")
    await shop.whatsapp(number, f"Good morning {number}", name="Victim")
    true_case = await shop.case_with_text(f"Good morning {number}")

    called = await shop.done(
        lead,
        "ContactRecord",
        customer={"handle": {"kind": "PHONE", "value": f"+{number}"}},
        channel="VOICE",
        direction="INBOUND",
        text="The owner of the number called.",
    )
    assert called["case"]["id"] == true_case["id"]
    assert called["case"]["id"] != typed["id"]


async def _texts(shop: Shop, number: str) -> list[str]:
    return shop.stand_in.texts_to(number)
