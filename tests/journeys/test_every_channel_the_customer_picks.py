"""Telegram, X, short messages and calls: signed webhooks come in, one case keeps them, and replies leave by them."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack
from itertools import count
from typing import Any
from urllib.parse import urlencode

import pytest

from services.channels.domain.verification import sign, sign_twilio
from services.channels.providers import x
from tests.support import google_stand_in, telegram_stand_in, x_stand_in
from tests.support.google_stand_in import GoogleStandIn
from tests.support.shop import Shop, eventually
from tests.support.shop_configuration import CONFIGURATION
from tests.support.telegram_stand_in import TelegramStandIn
from tests.support.twilio_stand_in import ACCOUNT_SID, AUTH_TOKEN, TwilioStandIn
from tests.support.whatsapp_stand_in import WhatsAppStandIn
from tests.support.x_stand_in import XStandIn
from tests.unit.channels import google_payloads, telegram_payloads, twilio_payloads, x_payloads

PUBLIC_URL = "https://care.shop.example"
SECRET_TOKEN, CONSUMER_SECRET = "telegram-secret-of-a-test", "consumer-secret-of-a-test"
OURS = twilio_payloads.OURS

REVIEW_ID = "AbFvOqkReview1"
_ids = count(2_222_000_000_000_000_000)


def account(channel: str, secrets: dict[str, str], api_base: str) -> str:
    """An account as the configuration says it; braces are doubled, as the shop's text is a template."""
    written = ", ".join(f'{name} = "{value}"' for name, value in secrets.items())
    return (
        f'\n[[channel_accounts]]\nchannel = "{channel}"\naccount = "{channel}-1"\nbrand = "shop"\n'
        f'secrets = {{{{ {written} }}}}\napi_base = "{api_base}"\n'
    )


def an_hour_ago() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3600))


class Town:
    """A shop that is open on all of these channels, and the platforms behind them."""

    def __init__(
        self,
        shop: Shop,
        telegram: TelegramStandIn,
        x_platform: XStandIn,
        twilio: TwilioStandIn,
        google: GoogleStandIn,
    ) -> None:
        self.shop = shop
        self.google = google
        self.telegram = telegram
        self.x = x_platform
        self.twilio = twilio

    async def post(self, channel: str, body: bytes, headers: dict[str, str]) -> None:
        path = f"/channels/{channel}/{channel}-1"
        url = f"http://127.0.0.1:{self.shop.port + 1}{path}"
        refused = await self.shop.http.post(url, content=body)
        assert refused.status_code == 401
        answer = await self.shop.http.post(url, content=body, headers=headers)
        assert answer.status_code == 200, answer.text

    async def by_telegram(self, update: dict[str, Any]) -> None:
        body = json.dumps(update).encode()
        await self.post("telegram", body, {"X-Telegram-Bot-Api-Secret-Token": SECRET_TOKEN})

    async def by_x(self, payload: dict[str, Any]) -> None:
        body = json.dumps(payload).encode()
        rule: Any = x.spec.verification
        await self.post("x", body, {rule.header: sign(rule, body, CONSUMER_SECRET)})

    async def by_twilio(self, channel: str, fields: dict[str, str]) -> None:
        named = {name: [value] for name, value in fields.items()}
        signature = sign_twilio(f"{PUBLIC_URL}/channels/{channel}/{channel}-1", named, AUTH_TOKEN)
        form = {"content-type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
        await self.post(channel, urlencode(fields).encode(), form)

    async def contacts(self, token: str, case_id: str, how_many: int) -> list[dict[str, Any]]:
        case = await eventually(
            lambda: self.shop.case(token, case_id), lambda seen: len(seen["contacts"]["nodes"]) == how_many
        )
        return list(case["contacts"]["nodes"])

    async def delivered(self, token: str, case_id: str, contact_id: str, status: str) -> None:
        def of_reply(case: dict[str, Any]) -> str | None:
            nodes = case["contacts"]["nodes"]
            return next((each["deliveryStatus"] for each in nodes if each["id"] == contact_id), None)

        await eventually(lambda: self.shop.case(token, case_id), lambda case: of_reply(case) == status)


@pytest.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    with ExitStack() as closing:
        whatsapp, telegram, x_platform, twilio = WhatsAppStandIn(), TelegramStandIn(), XStandIn(), TwilioStandIn()
        google = GoogleStandIn()
        for stand_in in (whatsapp, telegram, x_platform, twilio, google):
            closing.callback(stand_in.close)
        # It is looked for when the shop opens, and then every five minutes.
        google.put(google_payloads.review(REVIEW_ID, "Late, and the box was open", createTime=an_hour_ago()))
        bot = {"secret_token": SECRET_TOKEN, "bot_token": telegram_stand_in.TOKEN}
        at_x = {"consumer_secret": CONSUMER_SECRET, "access_token": x_stand_in.TOKEN}
        phone = {"auth_token": AUTH_TOKEN, "account_sid": ACCOUNT_SID, "public_url": PUBLIC_URL}
        more = (
            account("telegram", bot, telegram.url)
            + account("x", at_x, x_platform.url)
            + account("sms", phone, twilio.url)
            + account("voice", phone, twilio.url)
            + account("google-reviews", {"access_token": google_stand_in.TOKEN}, google.api_base)
        )
        shop = Shop(tmp_path_factory.mktemp("town"), whatsapp, configuration=CONFIGURATION + more)
        shop.start()
        closing.callback(shop.stop)
        yield Town(shop, telegram, x_platform, twilio, google)
        await shop.http.aclose()


async def test_s031_a_message_by_telegram_is_answered_by_telegram_also_when_it_is_told_to_wait(town: Town) -> None:
    anna = await town.shop.online("anna")
    chat = next(_ids) % 10_000_000
    sender = {**telegram_payloads.SAM, "id": chat}
    asked = telegram_payloads.message(
        f"Where is it? {chat}", **{"from": sender, "chat": {"id": chat, "type": "private"}, "date": int(time.time())}
    )
    await town.by_telegram(telegram_payloads.update(message=asked))
    case = await town.shop.case_with_text(f"Where is it? {chat}")
    assert case["channels"] == ["TELEGRAM"]
    town.telegram.slow_down = 1
    replied = await town.shop.done(anna, "CaseReply", caseId=case["id"], text="It comes tomorrow.")
    await town.delivered(anna, case["id"], replied["contact"]["id"], "ACCEPTED")
    assert [sent.body for sent in town.telegram.sent] == [{"chat_id": str(chat), "text": "It comes tomorrow."}]


async def test_s007_a_public_complaint_is_answered_in_public_then_in_private_and_stays_one_case(town: Town) -> None:
    anna = await town.shop.online("anna")
    author, post_id = str(next(_ids)), str(next(_ids))
    now_ms = str(int(time.time() * 1000))
    user = x_payloads.user(author)
    post = x_payloads.post(f"@shop my parcel is gone {author}", id_str=post_id, user=user, timestamp_ms=now_ms)
    await town.by_x(x_payloads.posts(post))
    case = await town.shop.case_with_text(f"@shop my parcel is gone {author}")
    (contact,) = case["contacts"]["nodes"]
    assert (contact["channel"], contact["visibility"]) == ("X", "PUBLIC")

    text = f"Sorry! Please send us a message. {author}"
    (refused,) = (await town.shop.do(anna, "CaseReply", caseId=case["id"], text=text))["errors"]
    assert refused["code"] == "VISIBILITY_REQUIRED"
    public = await town.shop.done(anna, "CaseReply", caseId=case["id"], text=text, visibility="PUBLIC")
    await town.delivered(anna, case["id"], public["contact"]["id"], "ACCEPTED")
    below = town.x.sent[-1]
    assert (below.path, below.body["reply"]) == ("/2/tweets", {"in_reply_to_tweet_id": post_id})

    message = x_payloads.message("It is order 7", sender=author)
    message = {**message, "id": str(next(_ids)), "created_timestamp": str(int(time.time() * 1000))}
    await town.by_x({**x_payloads.messages(message), "users": {author: {**user, "id": author}}})
    assert [each["visibility"] for each in await town.contacts(anna, case["id"], 3)] == ["PUBLIC", "PUBLIC", "PRIVATE"]

    private = await town.shop.done(anna, "CaseReply", caseId=case["id"], text="Found it, it comes tomorrow.")
    await town.delivered(anna, case["id"], private["contact"]["id"], "ACCEPTED")
    assert town.x.sent[-1].path == f"/2/dm_conversations/with/{author}/messages"
    read = {"created_timestamp": now_ms, "sender_id": author, "last_read_event_id": town.x.sent[-1].message_id[3:]}
    await town.by_x({"for_user_id": x_payloads.US, "direct_message_mark_read_events": [read]})
    await town.delivered(anna, case["id"], private["contact"]["id"], "READ")

    again = await town.shop.done(
        anna, "CaseReply", caseId=case["id"], text=f"Solved, thank you! {author}", visibility="PUBLIC"
    )
    await town.delivered(anna, case["id"], again["contact"]["id"], "ACCEPTED")
    assert town.x.sent[-1].path == "/2/tweets"


async def test_s039_a_missed_call_is_a_case_and_a_short_message_of_the_same_number_joins_it(
    town: Town, number: str
) -> None:
    anna = await town.shop.online("anna")
    missed = twilio_payloads.call(CallSid=f"CA{number}", From=f"+{number}", Timestamp="")
    await town.by_twilio("voice", missed)
    asked = f"You missed my call {number}"
    await town.by_twilio("sms", twilio_payloads.sms(asked, MessageSid=f"SM{number}", From=f"+{number}"))
    case = await town.shop.case_with_text(asked)
    contacts = await town.contacts(anna, case["id"], 2)
    assert [each["channel"] for each in contacts] == ["VOICE", "SMS"]

    replied = await town.shop.done(anna, "CaseReply", caseId=case["id"], text="We call you back at three.")
    assert replied["contact"]["channel"] == "SMS"
    await town.delivered(anna, case["id"], replied["contact"]["id"], "ACCEPTED")
    sent = town.twilio.sent[-1]
    assert (sent.body["To"], sent.body["From"]) == (f"+{number}", OURS)
    assert sent.body["StatusCallback"] == f"{PUBLIC_URL}/channels/sms/sms-1"
    for status in ("delivered", "sent"):
        told = twilio_payloads.sms_status(status, MessageSid=sent.message_id, SmsSid=sent.message_id)
        await town.by_twilio("sms", told)
        await town.delivered(anna, case["id"], replied["contact"]["id"], "DELIVERED")


async def test_s032_a_review_at_google_is_a_case_and_its_answer_stands_below_it_for_everybody(town: Town) -> None:
    anna = await town.shop.online("anna")
    case = await town.shop.case_with_text("Late, and the box was open")
    (contact,) = case["contacts"]["nodes"]
    assert (contact["channel"], contact["visibility"]) == ("GOOGLE_REVIEWS", "PUBLIC")
    (refused,) = (await town.shop.do(anna, "CaseReply", caseId=case["id"], text="Sorry!"))["errors"]
    assert refused["code"] == "VISIBILITY_REQUIRED"
    said = await town.shop.done(anna, "CaseReply", caseId=case["id"], text="Sorry!", visibility="PUBLIC")
    await town.delivered(anna, case["id"], said["contact"]["id"], "ACCEPTED")
    assert town.google.reviews[REVIEW_ID]["reviewReply"]["comment"] == "Sorry!"
