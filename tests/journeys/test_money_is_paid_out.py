"""Refunds and vouchers are paid out by another system: once, whatever it does; its word is the customer's."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from contracts.standard_webhooks import sign_standard
from tests.support.payer_stand_in import SECRET, PayerStandIn
from tests.support.shop import Shop, eventually, running_shop
from tests.support.shop_configuration import CONFIGURATION

RULES = """
[[agents]]
ref = "robo"
name = "Robo"
kind = "bot"
principal = "svc-robo"
team = "care"
budgets = [{{ amount = "30.00", currency = "EUR", period = "week", item_limit = "10.00" }}]

[gestures]
case_caps = [{{ amount = "60.00", currency = "EUR" }}]
"""

FULFILMENT = """query($id: ID!) { case(by: {id: $id}) { gestures { id status declineReason amount { amount }
  fulfilment { code providerRef at } } } }"""


@pytest.fixture(scope="module")
def payer() -> Any:
    stand_in = PayerStandIn()
    yield stand_in
    stand_in.close()


@pytest.fixture(scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory, payer: PayerStandIn) -> AsyncIterator[Shop]:
    payouts = f'\n[payouts]\nurl = "{payer.url}"\nsecret = "{SECRET}"\n' + RULES
    async with running_shop(tmp_path_factory.mktemp("paying"), configuration=CONFIGURATION + payouts) as running:
        yield running


async def give(shop: Shop, number: str, amount: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    anna = await shop.online("anna")
    text = f"It came broken {number}"
    await shop.whatsapp(number, text)
    case = await shop.case_with_text(text)
    fields = {"kind": "REFUND", "reference": {"kind": "ORDER", "value": "NL-7"}, **fields}
    money = {"amount": amount, "currencyCode": "EUR"}
    payload = await shop.do(anna, "GestureGive", caseId=case["id"], reason="damaged", amount=money, **fields)
    return case["id"], payload


async def gesture(shop: Shop, case_id: str, token: str | None = None) -> dict[str, Any]:
    answer = await shop.graphql(token or await shop.token("agent", "anna"), FULFILMENT, {"id": case_id})
    (found,) = answer["data"]["case"]["gestures"]
    return dict(found)


async def bar(shop: Shop) -> dict[str, str]:
    (found,) = (await shop.ask(await shop.token("agent", "anna"), "Me"))["viewer"]["agent"]["budgets"]
    return {name: found[name]["amount"] for name in ("reserved", "spent", "available")}


async def settled(shop: Shop) -> dict[str, str]:
    """The budget once nothing is on its way any more."""
    return await eventually(lambda: bar(shop), lambda now: now["reserved"] == "0.00")


async def say(shop: Shop, word: dict[str, Any], *, secret: str = SECRET, at: int | None = None) -> httpx.Response:
    body, timestamp = json.dumps(word).encode(), str(at or int(time.time()))
    signature = sign_standard("msg_1", timestamp, body, secret)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": timestamp, "webhook-signature": signature}
    return await shop.http.post(f"http://127.0.0.1:{shop.port}/payouts", content=body, headers=headers)


async def test_s002_a_refund_is_paid_at_once_and_its_voucher_code_is_on_the_screen(
    shop: Shop, payer: PayerStandIn
) -> None:
    before = await settled(shop)
    case_id, payload = await give(shop, "31614200001", "12.50")
    assert payload["errors"] == []
    assert payload["gesture"]["status"] == "GIVEN"
    seen = await gesture(shop, case_id)
    (order,) = [post for post in payer.posts if post["amount"] == "12.50"]
    assert order["reference"] == {"kind": "ORDER", "value": "NL-7"}
    assert seen["fulfilment"]["code"] == f"SORRY-{order['hold_id'][:4]}"
    after = await bar(shop)
    assert float(after["spent"]) == pytest.approx(float(before["spent"]) + 12.5)
    assert after["reserved"] == before["reserved"]
    assert payer.unsigned == 0


async def test_a_lead_lowers_what_was_asked_and_the_payer_pays_that(shop: Shop, payer: PayerStandIn) -> None:
    case_id, asked = await give(shop, "31614200020", "55.00")
    assert asked["gesture"]["status"] == "AWAITING_APPROVAL"
    lead, less = await shop.token("lead", "lena"), {"amount": "52.00", "currencyCode": "EUR"}
    more = {"amount": "55.01", "currencyCode": "EUR"}
    refused = await shop.do(lead, "GestureApprove", gestureId=asked["gesture"]["id"], amount=more)
    assert [(error["code"], error["path"]) for error in refused["errors"]] == [("INVALID_INPUT", ["amount", "amount"])]
    payer.plan = ["pending"]
    assert (await shop.do(lead, "GestureApprove", gestureId=asked["gesture"]["id"], amount=less))["errors"] == []

    async def ordered() -> list[dict[str, Any]]:
        return [post for post in payer.posts if post["amount"] == "52.00"]

    (order,) = await eventually(ordered)
    seen = await gesture(shop, case_id)
    assert (seen["status"], seen["amount"]["amount"]) == ("PAYING", "52.00")
    assert (await say(shop, {"status": "paid", "hold_id": order["hold_id"]})).status_code == 200
    done = await eventually(lambda: gesture(shop, case_id), lambda now: now["status"] == "GIVEN")
    assert done["amount"]["amount"] == "52.00"


async def test_an_auditor_reads_the_code_with_a_purpose_only(shop: Shop) -> None:
    case_id, _ = await give(shop, "31614200002", "1.01")
    olga = await shop.token("auditor", "olga")
    assert (await gesture(shop, case_id, olga))["fulfilment"] is None


async def test_what_the_payer_refuses_is_refused_and_the_money_is_free(shop: Shop, payer: PayerStandIn) -> None:
    before = await settled(shop)
    payer.plan = ["refused"]
    case_id, payload = await give(shop, "31614200003", "13.50")
    assert payload["gesture"]["status"] == "REFUSED"
    (error,) = payload["errors"]
    assert (error["code"], error["path"]) == ("OVER_ORDER_VALUE", ["amount", "amount"])
    assert (await gesture(shop, case_id))["declineReason"] == "Nothing is left of it."
    assert await eventually(lambda: bar(shop), lambda now: now == before) == before


@pytest.mark.parametrize(
    ("nth", "failures"),
    [(4, ["error"]), (5, ["garbage"]), (6, ["broken"]), (7, ["lost"]), (31, ["another"]), (32, ["troubled"])],
)
async def test_an_answer_that_is_none_is_asked_for_again_and_paid_once(
    shop: Shop, payer: PayerStandIn, nth: int, failures: list[str]
) -> None:
    payer.plan = list(failures)
    case_id, _ = await give(shop, f"316142000{nth:02}", f"2.{nth:02}")
    await eventually(lambda: gesture(shop, case_id), lambda seen: seen["status"] == "GIVEN", wait_s_max=30)
    posts = [post for post in payer.posts if post["amount"] == f"2.{nth:02}"]
    assert len(posts) == len(failures) + 1
    assert len({post["hold_id"] for post in posts}) == 1
    assert payer.payments[posts[0]["gesture_id"]] == 1


async def test_a_payer_that_pays_later_is_believed_when_it_says_so_once(shop: Shop, payer: PayerStandIn) -> None:
    before = await settled(shop)
    payer.plan = ["pending"]
    case_id, payload = await give(shop, "31614200008", "14.50")
    assert payload["gesture"]["status"] == "PAYING"
    held = await bar(shop)
    assert float(held["reserved"]) == pytest.approx(float(before["reserved"]) + 14.5)
    (order,) = [post for post in payer.posts if post["amount"] == "14.50"]
    word = {"status": "paid", "hold_id": order["hold_id"], "reference": "tr_9"}
    assert (await say(shop, word, secret="whsec_d3Jvbmc=")).status_code == 401
    assert (await say(shop, word, at=int(time.time()) - 3600)).status_code == 401
    assert (await gesture(shop, case_id))["status"] == "PAYING"
    for _ in range(2):
        assert (await say(shop, word)).status_code == 200
    seen = await eventually(lambda: gesture(shop, case_id), lambda seen: seen["status"] == "GIVEN")
    assert seen["fulfilment"]["providerRef"] == "tr_9"
    refused = await say(shop, {"status": "refused", "hold_id": order["hold_id"]})
    assert (refused.status_code, refused.json()["error"]) == (409, "IDEMPOTENCY_MISMATCH")
    spent = float(before["spent"]) + 14.5
    await eventually(lambda: bar(shop), lambda now: float(now["spent"]) == pytest.approx(spent))
    back = {"status": "returned", "hold_id": order["hold_id"], "return_id": "r1", "amount_minor": 1450}
    assert (await say(shop, back)).status_code == 200
    await eventually(lambda: gesture(shop, case_id), lambda seen: seen["status"] == "REVERSED")
    assert await eventually(lambda: bar(shop), lambda now: now == before) == before


@pytest.mark.parametrize(
    ("word", "status", "field"),
    [
        ({"status": "paid"}, 422, "hold_id"),
        ({"hold_id": "00000000-0000-0000-0000-000000000000", "status": "perhaps"}, 422, "status"),
        ({"hold_id": "00000000-0000-0000-0000-000000000000", "status": "paid"}, 404, "hold_id"),
    ],
)
async def test_a_word_that_cannot_be_understood_names_the_field(
    shop: Shop, word: dict[str, Any], status: int, field: str
) -> None:
    answer = await say(shop, word)
    assert (answer.status_code, answer.json()["field"]) == (status, field)


async def test_what_is_not_paid_out_is_given_at_once(shop: Shop, payer: PayerStandIn) -> None:
    posts = len(payer.posts)
    _, payload = await give(shop, "31614200009", "3.33", kind="GIFT", reference=None)
    assert payload["gesture"]["status"] == "GIVEN"
    assert len(payer.posts) == posts


async def test_a_refund_of_nothing_named_is_refused_naming_the_field(shop: Shop) -> None:
    _, payload = await give(shop, "31614200010", "3.33", reference=None)
    (error,) = payload["errors"]
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["reference"])


async def test_s003_a_bot_gives_from_the_same_ledger_within_its_own_bounds(shop: Shop, payer: PayerStandIn) -> None:
    await give(shop, "31614200011", "1.11")
    case = await shop.case_with_text("It came broken 31614200011")
    robo, stranger = await shop.token("integration", "svc-robo"), await shop.token("integration", "svc-other")
    wish = {"caseId": case["id"], "kind": "GIFT", "reason": "goodwill"}
    given = await shop.done(robo, "GestureGive", **wish, amount={"amount": "9.00", "currencyCode": "EUR"})
    assert given["gesture"]["status"] == "GIVEN"
    assert given["budget"]["granted"]["amount"] == "30.00"
    above = await shop.done(robo, "GestureGive", **wish, amount={"amount": "10.01", "currencyCode": "EUR"})
    assert above["gesture"]["status"] == "AWAITING_APPROVAL"
    refused = await shop.do(stranger, "GestureGive", **wish, amount={"amount": "1.00", "currencyCode": "EUR"})
    assert [error["code"] for error in refused["errors"]] == ["FORBIDDEN"]
    agents = (await shop.ask(await shop.token("lead", "lena"), "Team"))["agents"]["nodes"]
    assert "Robo" in {agent["displayName"] for agent in agents}


async def test_s100_above_what_a_case_may_cost_the_ledger_says_no_whoever_asks(shop: Shop) -> None:
    case_id, payload = await give(shop, "31614200012", "45.00", kind="GIFT", reference=None)
    assert payload["gesture"]["status"] == "GIVEN"
    bram = await shop.online("bram")
    money = {"amount": "15.01", "currencyCode": "EUR"}
    over = await shop.do(bram, "GestureGive", caseId=case_id, kind="GIFT", reason="goodwill", amount=money)
    assert over["gesture"]["status"] == "REFUSED"
    assert [(error["code"], error["path"]) for error in over["errors"]] == [("OVER_CASE_CAP", ["amount", "amount"])]


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        pytest.param("GIFT", "31614200013", id="s085-a-dinner-unasked"),
        pytest.param("REPLACEMENT", "31614200014", id="s086-a-phone-of-their-own"),
        pytest.param("GIFT", "31614200015", id="s087-a-cake-at-the-door"),
    ],
)
async def test_s085_s086_s087_goodwill_in_kind_is_given_at_own_discretion(shop: Shop, kind: str, number: str) -> None:
    _, payload = await give(shop, number, "4.00", kind=kind, reference=None)
    assert payload["errors"] == []
    assert payload["gesture"]["status"] == "GIVEN"
