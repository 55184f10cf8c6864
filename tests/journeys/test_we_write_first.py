"""An agent begins a matter: the first message leaves, the case is the agent's, and the answer comes into it."""

from __future__ import annotations

import time
from typing import Any

from tests.support.shop import Shop, eventually

WAYS = """query($id: ID!) { case(by: { id: $id }) { assignee { ref }
  contacts(first: 9) { nodes { direction deliveryStatus text } }
  replyOptions { account { id } handle { id } allowed refusedBecause acceptsTemplates } } }"""
OPEN = (
    "mutation($input: CaseOpenInput!) { caseOpen(input: $input) { case { id } contact { text } errors { code path } } }"
)
ACCOUNTS = "{ channelAccounts { ref state mode health { lastReceivedAt lastSentAt unsent silentSince } } }"


async def seen(shop: Shop, token: str, case_id: str) -> dict[str, Any]:
    answer = await shop.graphql(token, WAYS, {"id": case_id})
    found: dict[str, Any] = answer["data"]["case"]
    return found


async def test_s082_s083_a_day_later_a_template_begins_a_matter_and_its_answer_comes_into_it(
    shop: Shop, number: str
) -> None:
    anna = await shop.online("anna")
    await shop.online("bram")
    await shop.whatsapp(number, f"Nice shop {number}", at=int(time.time()) - 25 * 3600)
    before = await shop.case_with_text(f"Nice shop {number}")
    (way,) = (await seen(shop, anna, before["id"]))["replyOptions"]
    assert (way["allowed"], way["refusedBecause"], way["acceptsTemplates"]) == (False, "CHANNEL_WINDOW_CLOSED", True)

    message = {
        "accountId": way["account"]["id"],
        "handleId": way["handle"]["id"],
        "visibility": "PRIVATE",
        "template": {"name": "reading_your_post", "language": "nl", "parameters": ["onze winkel"]},
    }
    asked = {
        "customer": {"id": before["customer"]["id"]},
        "firstMessage": message,
        "basis": "LEGITIMATE_INTEREST",
        "idempotencyKey": f"open-{number}",
    }
    answer = await shop.graphql(anna, OPEN, {"input": asked})
    opened = answer["data"]["caseOpen"]
    assert opened["errors"] == []
    assert opened["case"]["id"] != before["id"]

    async def sent() -> list[Any]:
        return [each for each in shop.stand_in.sent if each.body.get("to", "").lstrip("+") == number]

    (told,) = await eventually(sent)
    assert told.body["template"] == {
        "name": "reading_your_post",
        "language": {"code": "nl"},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "onze winkel"}]}],
    }
    case_id = opened["case"]["id"]
    case = await eventually(
        lambda: seen(shop, anna, case_id),
        lambda case: (
            case["assignee"] == {"ref": "anna"} and case["contacts"]["nodes"][0]["deliveryStatus"] == "ACCEPTED"
        ),
    )
    assert case["contacts"]["nodes"][0]["text"] == "Ik lees je bericht over onze winkel. Kan ik je ergens mee helpen?"

    await shop.whatsapp(number, f"Yes please {number}")
    answered = await eventually(lambda: seen(shop, anna, case_id), lambda case: len(case["contacts"]["nodes"]) > 1)
    assert [each["direction"] for each in answered["contacts"]["nodes"]] == ["OUTBOUND", "INBOUND"]
    assert answered["replyOptions"][0]["allowed"]


async def test_accounts_tell_how_they_do(shop: Shop, number: str) -> None:
    anna = await shop.online("anna")
    await shop.whatsapp(number, f"Hello {number}")

    async def look() -> dict[str, Any]:
        found = (await shop.graphql(anna, ACCOUNTS, {}))["data"]["channelAccounts"]
        return next(each for each in found if each["ref"] == "waba-1")

    account = await eventually(look, lambda account: account["health"] is not None, wait_s_max=60)
    assert (account["state"], account["mode"], account["health"]["silentSince"]) == ("ACTIVE", "PROACTIVE", None)
