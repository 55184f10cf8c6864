"""An administrator holds an account while the shop runs: nothing leaves by it, nothing is lost, and nobody restarts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.shop import Shop, eventually
from tests.support.whatsapp_stand_in import WhatsAppStandIn

ACCOUNTS = "query Accounts { channelAccounts { id channel state mode } }"
OPTIONS = "query Options($id: ID!) { case(by: { id: $id }) { replyOptions { allowed refusedBecause } } }"
UPDATE = """mutation Update($input: ChannelAccountUpdateInput!) {
  channelAccountUpdate(input: $input) { account { state mode } position errors { code path } }
}"""
SAM, KIM = "31612888001", "31612888002"
HELD = {"allowed": False, "refusedBecause": "CHANNEL_CANNOT_REPLY"}
OPEN = {"allowed": True, "refusedBecause": None}


@pytest.fixture(scope="module")
async def holding(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Shop, WhatsAppStandIn]]:
    platform = WhatsAppStandIn()
    shop = Shop(tmp_path_factory.mktemp("holding"), platform)
    shop.start()
    try:
        yield shop, platform
    finally:
        await shop.http.aclose()
        shop.stop()
        platform.close()


async def account(shop: Shop, token: str) -> dict[str, Any]:
    answer = await shop.graphql(token, ACCOUNTS)
    return next(each for each in answer["data"]["channelAccounts"] if each["channel"] == "WHATSAPP")


async def updated(shop: Shop, token: str, **fields: Any) -> dict[str, Any]:
    found = await account(shop, token)
    asked = {"accountId": found["id"], "idempotencyKey": f"update {fields} of {found['mode']}", **fields}
    answer = await shop.graphql(token, UPDATE, {"input": asked})
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"]["channelAccountUpdate"]
    return payload


async def options(shop: Shop, token: str, case_id: str) -> list[dict[str, Any]]:
    answer = await shop.graphql(token, OPTIONS, {"id": case_id})
    return list(answer["data"]["case"]["replyOptions"])


async def refused_with(shop: Shop, token: str, case_id: str) -> list[str]:
    payload = await shop.do(token, "CaseReply", caseId=case_id, text="Tomorrow.")
    return [error["code"] for error in payload["errors"]]


def says_paused(shop: Shop, *, paused: bool) -> None:
    """The file says so of WhatsApp from now on."""
    text = shop.config.read_text().replace("\npaused = true", "")
    shop.config.write_text(
        text.replace('account = "waba-1"', 'account = "waba-1"\npaused = true', 1) if paused else text
    )


async def test_an_account_is_held_and_let_go_while_the_shop_runs(holding: tuple[Shop, WhatsAppStandIn]) -> None:
    shop, platform = holding
    anna, ada = await shop.online("anna"), await shop.token("admin", "ada")
    await shop.whatsapp(SAM, "Where is my parcel?")
    case = await shop.case_with_text("Where is my parcel?", anna)
    assert await options(shop, anna, case["id"]) == [OPEN]

    platform.fail_next += [(503, {})] * 50
    await shop.done(anna, "CaseReply", caseId=case["id"], text="On its way.")
    await eventually(lambda: called(platform))
    paused = await updated(shop, ada, paused=True)
    platform.fail_next.clear()
    assert (paused["errors"], paused["account"]) == ([], {"state": "PAUSED", "mode": "PROACTIVE"})
    assert int(paused["position"]) > 0
    assert await options(shop, anna, case["id"]) == [HELD]
    assert await refused_with(shop, anna, case["id"]) == ["CHANNEL_CANNOT_REPLY"]
    await shop.whatsapp(SAM, "Anybody there?")
    await shop.case_with_text("Anybody there?", anna)

    shop.stop()
    shop.start()
    assert (await account(shop, ada))["state"] == "PAUSED"
    assert await refused_with(shop, anna, case["id"]) == ["CHANNEL_CANNOT_REPLY"]
    await asyncio.sleep(3)
    assert platform.texts_to(SAM) == []

    resumed = await updated(shop, ada, paused=False)
    assert resumed["account"] == {"state": "ACTIVE", "mode": "PROACTIVE"}
    await eventually(lambda: texts(platform), lambda found: found == ["On its way."])
    assert await options(shop, anna, case["id"]) == [OPEN]
    await shop.done(anna, "CaseReply", caseId=case["id"], text="Tomorrow.")
    await eventually(lambda: texts(platform), lambda found: found == ["On its way.", "Tomorrow."])


async def test_what_the_file_says_anew_is_in_force_and_listening_sends_nothing(
    holding: tuple[Shop, WhatsAppStandIn],
) -> None:
    shop, platform = holding
    anna, ada = await shop.online("anna"), await shop.token("admin", "ada")
    await shop.whatsapp(KIM, "When do you open?")
    case = await shop.case_with_text("When do you open?", anna)
    assert (await updated(shop, ada, mode="LISTEN"))["account"] == {"state": "ACTIVE", "mode": "LISTEN"}
    assert await options(shop, anna, case["id"]) == [HELD]
    assert await refused_with(shop, anna, case["id"]) == ["CHANNEL_CANNOT_REPLY"]

    shop.stop()
    says_paused(shop, paused=True)
    shop.start()
    assert await account(shop, ada) | {"id": ""} == {
        "id": "", "channel": "WHATSAPP", "state": "PAUSED", "mode": "LISTEN"
    }  # fmt: skip
    assert (await updated(shop, ada, paused=False, mode="REACT"))["account"] == {"state": "ACTIVE", "mode": "REACT"}
    await shop.done(anna, "CaseReply", caseId=case["id"], text="At nine.")
    await eventually(lambda: texts(platform, KIM), lambda found: found == ["At nine."])


async def called(platform: WhatsAppStandIn) -> bool:
    return platform.calls > 0


async def texts(platform: WhatsAppStandIn, who: str = SAM) -> list[str]:
    return platform.texts_to(who)
