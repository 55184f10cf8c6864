"""A reply leaves by the channel the customer used last, and what becomes of it comes back onto the timeline."""

from __future__ import annotations

import time
from typing import Any

from tests.support.shop import Shop, eventually


async def reply_of(shop: Shop, token: str, case_id: str) -> dict[str, Any]:
    case = await shop.case(token, case_id)
    return dict(next(c for c in reversed(case["contacts"]["nodes"]) if c["direction"] == "OUTBOUND"))


async def sent_to(shop: Shop, number: str) -> list[Any]:
    return [sent for sent in shop.stand_in.sent if sent.body.get("to", "").lstrip("+") == number]


async def test_delivery_statuses_come_back_and_only_move_forward(shop: Shop, number: str) -> None:
    anna = await shop.online("anna")
    await shop.whatsapp(number, f"Is it in stock? {number}")
    case = await shop.case_with_text(f"Is it in stock? {number}")
    replied = await shop.done(anna, "CaseReply", caseId=case["id"], text="Yes, three of them.")
    assert replied["contact"]["deliveryStatus"] in {"REQUESTED", "ACCEPTED"}
    assert replied["case"]["status"] == "WAITING"

    (sent,) = await eventually(lambda: sent_to(shop, number))
    assert sent.path.startswith("/v")
    assert "/106540352242922/messages" in sent.path
    assert "authorization" not in {name.lower() for name in sent.headers}
    assert sent.body["messaging_product"] == "whatsapp"
    assert sent.body["text"]["body"] == "Yes, three of them."

    for status, shown in (("delivered", "DELIVERED"), ("read", "READ"), ("sent", "READ"), ("delivered", "READ")):
        assert (await shop.whatsapp_status(sent.message_id, status)).status_code == 200
        await eventually(
            lambda: reply_of(shop, anna, case["id"]),
            lambda reply, shown=shown: reply["deliveryStatus"] == shown,  # type: ignore[misc]
        )


async def test_a_send_that_fails_for_a_while_is_retried_and_arrives_once(shop: Shop, number: str) -> None:
    anna = await shop.online("anna")
    await shop.whatsapp(number, f"Hello there {number}")
    case = await shop.case_with_text(f"Hello there {number}")
    shop.stand_in.fail_next = [(503, {"error": {"message": "try again"}}), (429, {"error": {"message": "slow"}})]
    await shop.done(anna, "CaseReply", caseId=case["id"], text="Here I am.")
    await eventually(lambda: sent_to(shop, number), wait_s_max=40)
    await eventually(lambda: reply_of(shop, anna, case["id"]), lambda reply: reply["deliveryStatus"] == "ACCEPTED")
    assert len(await sent_to(shop, number)) == 1


async def test_a_refusal_by_the_platform_is_shown_as_failed(shop: Shop, number: str) -> None:
    anna = await shop.online("anna")
    await shop.whatsapp(number, f"Anybody? {number}")
    case = await shop.case_with_text(f"Anybody? {number}")
    shop.stand_in.fail_next = [(400, {"error": {"code": 131047, "message": "Re-engagement message"}})]
    await shop.done(anna, "CaseReply", caseId=case["id"], text="Me.")
    await eventually(lambda: reply_of(shop, anna, case["id"]), lambda reply: reply["deliveryStatus"] == "FAILED")


async def test_after_24_hours_the_window_is_closed_and_nothing_is_sent(shop: Shop, number: str) -> None:
    anna = await shop.online("anna")
    await shop.whatsapp(number, f"Yesterday {number}", at=int(time.time()) - 25 * 3600)
    case = await shop.case_with_text(f"Yesterday {number}")
    refused = await shop.do(anna, "CaseReply", caseId=case["id"], text="Too late?")
    assert [error["code"] for error in refused["errors"]] == ["CHANNEL_WINDOW_CLOSED"]
    assert await sent_to(shop, number) == []


async def test_a_case_that_came_by_a_form_has_no_channel_that_can_carry_a_reply(shop: Shop, number: str) -> None:
    anna = await shop.online("anna")
    await shop.form({"email": f"f{number}@customer.example", "message": f"By form {number}"})
    case = await shop.case_with_text(f"By form {number}")
    refused = await shop.do(anna, "CaseReply", caseId=case["id"], text="Hello?")
    assert [error["code"] for error in refused["errors"]] == ["CHANNEL_CANNOT_REPLY"]


async def test_a_status_that_comes_before_the_answer_of_the_send_is_kept_for_it(shop: Shop, number: str) -> None:
    anna = await shop.online("anna")
    await shop.whatsapp(number, f"Quick one {number}")
    case = await shop.case_with_text(f"Quick one {number}")
    upcoming = f"wamid.OUT{len(shop.stand_in.sent) + 1}"
    assert (await shop.whatsapp_status(upcoming, "delivered")).status_code == 200
    await shop.done(anna, "CaseReply", caseId=case["id"], text="Quick answer.")
    await eventually(lambda: reply_of(shop, anna, case["id"]), lambda reply: reply["deliveryStatus"] == "DELIVERED")
