"""What is wrong gets an error that names it; nothing is lost, nothing half-written."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.support.documents import operation_text
from tests.support.shop import Shop, eventually
from tests.support.shop_configuration import VERIFY_TOKEN


async def test_a_webhook_with_a_wrong_or_missing_signature_is_refused_without_detail(shop: Shop, number: str) -> None:
    payload = shop.whatsapp_payload(number, "forged")
    wrong = await shop.webhook(payload, signature="sha256=" + "0" * 64)
    assert wrong.status_code == 401
    missing = await shop.http.post(
        f"http://127.0.0.1:{shop.port + 1}/channels/whatsapp/waba-1", content=json.dumps(payload).encode()
    )
    assert missing.status_code == 401
    assert "secret" not in (wrong.text + missing.text).lower()


async def test_the_handshake_of_whatsapp_is_answered_with_the_challenge(shop: Shop) -> None:
    url = f"http://127.0.0.1:{shop.port + 1}/channels/whatsapp/waba-1"
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY_TOKEN}
    answer = await shop.http.get(url, params=asked)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    refused = await shop.http.get(url, params={**asked, "hub.verify_token": "guess"})
    assert refused.status_code == 401


async def test_unknown_accounts_and_channels_are_not_found(shop: Shop) -> None:
    assert (await shop.form({"message": "x"}, account="elsewhere")).status_code == 404
    assert (await shop.webhook({"object": "x"}, account="nobody")).status_code == 404
    assert (await shop.http.post(f"http://127.0.0.1:{shop.port + 1}/channels/pigeon/1")).status_code == 404


async def test_malformed_json_is_not_understood_but_kept(shop: Shop) -> None:
    assert (await shop.webhook(b'{"object": ')).status_code == 422
    assert (await shop.form(b"{not json")).status_code == 422


async def test_a_body_that_is_too_large_gets_its_answer(shop: Shop) -> None:
    big = json.dumps({"message": "x" * 10_000_000}).encode()
    assert (await shop.form(big)).status_code == 413
    assert (await shop.webhook(big)).status_code == 413


async def test_a_form_needs_a_key_and_a_message_and_a_422_does_not_use_the_key_up(shop: Shop, number: str) -> None:
    url = f"http://127.0.0.1:{shop.port + 1}/channels/form/website"
    keyless = await shop.http.post(url, json={"message": "hello"})
    assert keyless.status_code == 422
    assert "idempotency-key" in keyless.text.lower()
    key = f"reused-{number}"
    wrong = await shop.form({"message": 7}, key=key)
    assert wrong.status_code == 422
    assert "message" in wrong.text
    stray = await shop.form({"message": "x", "colour": "red"}, key=key)
    assert stray.status_code == 422
    assert "colour" in stray.text
    text = f"Good now {number}"
    answers = await asyncio.gather(*(shop.form({"message": text}, key=key) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {202}
    other = await shop.form({"message": "something else"}, key=key)
    assert other.status_code == 409
    case = await shop.case_with_text(text)
    assert len(case["contacts"]["nodes"]) == 1


async def test_nul_bytes_lone_surrogates_and_numbers_that_are_none_do_not_stop_a_contact(
    shop: Shop, number: str
) -> None:
    body = r'{"message": "broken \u0000 \ud800 text NUMBER", "phone": "call me maybe"}'.replace(
        "NUMBER", number
    ).encode()
    assert (await shop.form(body)).status_code == 202
    case = await shop.case_with_text(f"broken   text {number}")
    assert "\x00" not in json.dumps(case)


AMOUNTS = ("-1", "0", "1.234")


@pytest.mark.parametrize("amount", AMOUNTS)
async def test_an_amount_that_breaks_a_rule_is_named(shop: Shop, number: str, amount: str) -> None:
    anna = await shop.online("anna")
    payload = await asked_for(shop, anna, number, {"amount": amount, "currencyCode": "EUR"})
    (error,) = payload["errors"]
    assert error["code"] == "INVALID_INPUT"
    assert error["path"] == ["amount", "amount"]
    assert payload["gesture"] is None


async def test_another_currency_and_an_unknown_reason_are_named(shop: Shop, number: str) -> None:
    anna = await shop.online("anna")
    payload = await asked_for(shop, anna, number, {"amount": "5.00", "currencyCode": "USD"})
    assert [error["code"] for error in payload["errors"]] == ["CURRENCY_MISMATCH"]
    payload = await asked_for(shop, anna, number, {"amount": "5.00", "currencyCode": "EUR"}, reason="because")
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [("REASON_UNKNOWN", ["reason"])]


async def test_what_is_no_number_is_a_request_error_with_the_variables_path(shop: Shop) -> None:
    anna = await shop.online("anna")
    variables = {
        "input": {
            "caseId": "x", "kind": "VOUCHER", "reason": "goodwill", "idempotencyKey": "k",
            "amount": {"amount": "NaN", "currencyCode": "EUR"},
        }
    }  # fmt: skip
    answer = await shop.graphql(anna, operation_text("GestureGive"), variables)
    (error,) = answer["errors"]
    assert error["extensions"]["code"]
    assert "amount" in json.dumps(error)


async def asked_for(
    shop: Shop, token: str, number: str, amount: dict[str, str], reason: str = "goodwill"
) -> dict[str, Any]:
    made = await shop.done(
        token, "ContactRecord", customer={"handle": {"kind": "PHONE", "value": f"+{number}"}}, channel="VOICE",
        direction="INBOUND", text="A call about money.",
    )  # fmt: skip
    return await shop.do(
        token,
        "GestureGive",
        caseId=made["case"]["id"],
        kind="REFUND",
        reference={"kind": "ORDER", "value": "7"},
        amount=amount,
        reason=reason,
    )


async def test_the_same_key_gives_the_same_answer_and_another_request_under_it_is_refused(
    shop: Shop, number: str
) -> None:
    anna = await shop.online("anna")
    await shop.whatsapp(number, f"Twice? {number}")
    case = await shop.case_with_text(f"Twice? {number}")
    key = f"note-{number}"
    once = await shop.done(anna, "CaseNoteAdd", caseId=case["id"], text="noted", idempotencyKey=key)
    again = await shop.done(anna, "CaseNoteAdd", caseId=case["id"], text="noted", idempotencyKey=key)
    assert once["note"]["id"] == again["note"]["id"]
    other = await shop.do(anna, "CaseNoteAdd", caseId=case["id"], text="something else", idempotencyKey=key)
    assert [error["code"] for error in other["errors"]] == ["IDEMPOTENCY_MISMATCH"]


async def test_a_stale_expected_version_is_refused_with_the_current_one(shop: Shop, number: str) -> None:
    anna = await shop.online("anna")
    await shop.whatsapp(number, f"Race {number}")
    case = await shop.case_with_text(f"Race {number}")
    await eventually(lambda: shop.case(anna, case["id"]), lambda seen: bool(seen["assignments"]))
    payload = await shop.do(anna, "CaseResolve", caseId=case["id"], expectedVersion=1000)
    (error,) = payload["errors"]
    assert error["__typename"] == "VersionConflict"
    assert error["currentVersion"] >= 1
    again = await shop.done(anna, "CaseResolve", caseId=case["id"], expectedVersion=error["currentVersion"])
    assert again["case"]["status"] == "RESOLVED"
