"""A channel is opened and closed by the configuration file alone; what was said on it stays with the customer."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support import telegram_stand_in
from tests.support.shop import Shop
from tests.support.shop_configuration import CONFIGURATION
from tests.support.telegram_stand_in import TelegramStandIn
from tests.support.whatsapp_stand_in import WhatsAppStandIn
from tests.unit.channels import telegram_payloads

SECRET_TOKEN = "telegram-secret-of-a-test"
WHATSAPP_ACCOUNT = '[[channel_accounts]]\nchannel = "whatsapp"'
REPLY_OPTIONS = "query Options($id: ID!) { case(by: { id: $id }) { replyOptions { channel allowed refusedBecause } } }"
STAFF_QUESTION = "query Me { viewer { agent { id } } }"


def without_whatsapp() -> str:
    """The shop's configuration before anybody thought of WhatsApp, its template included."""
    head, _ = CONFIGURATION.split(WHATSAPP_ACCOUNT)
    return head + "[[causes]]" + CONFIGURATION.split("[[causes]]")[1]


def with_telegram(api_base: str) -> str:
    account = (
        '\n[[channel_accounts]]\nchannel = "telegram"\naccount = "bot"\nbrand = "shop"\n'
        f'secrets = {{ secret_token = "{SECRET_TOKEN}", bot_token = "{telegram_stand_in.TOKEN}" }}\n'
        f'api_base = "{api_base}"\n'
    )
    return without_whatsapp().replace("{{", "{").replace("}}", "}") + account


@pytest.fixture
async def growing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Shop, TelegramStandIn]]:
    platform, telegram = WhatsAppStandIn(), TelegramStandIn()
    shop = Shop(tmp_path_factory.mktemp("growing"), platform)
    shop.start()
    try:
        yield shop, telegram
    finally:
        await shop.http.aclose()
        shop.stop()
        platform.close()
        telegram.close()


async def telegram_update(shop: Shop, text: str) -> int:
    update = telegram_payloads.update(message=telegram_payloads.message(text=text))
    answer = await shop.http.post(
        f"http://127.0.0.1:{shop.port + 1}/channels/telegram/bot",
        json=update,
        headers={"X-Telegram-Bot-Api-Secret-Token": SECRET_TOKEN},
    )
    return answer.status_code


async def test_s036_s037_opening_one_channel_and_closing_another_is_a_change_of_the_file(
    growing: tuple[Shop, TelegramStandIn],
) -> None:
    shop, telegram = growing
    anna = await shop.online("anna")
    await shop.whatsapp("31612999001", "Still on WhatsApp")
    case = await shop.case_with_text("Still on WhatsApp", anna)
    assert await telegram_update(shop, "Nobody listens here") == 404

    shop.stop()
    shop.config.write_text(with_telegram(telegram.url))
    shop.start()

    assert await telegram_update(shop, "Hello from Telegram") == 200
    opened = await shop.case_with_text("Hello from Telegram", anna)
    assert opened["channels"] == ["TELEGRAM"]
    closed = await shop.webhook(shop.whatsapp_payload("31612999001", "Anybody there?"))
    assert closed.status_code == 404
    kept = await shop.case(anna, case["id"])
    assert [contact["text"] for contact in kept["contacts"]["nodes"]] == ["Still on WhatsApp"]
    options = await shop.graphql(anna, REPLY_OPTIONS, {"id": case["id"]})
    assert not any(option["allowed"] for option in options["data"]["case"]["replyOptions"])
    refused = await shop.do(anna, "CaseReply", caseId=case["id"], text="Sorry, we have moved.")
    assert [error["code"] for error in refused["errors"]] == ["CHANNEL_CANNOT_REPLY"]
