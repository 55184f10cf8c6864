"""Each way out against a stand-in that follows its platform's documents, over HTTP: taken, refused, told to wait."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from contracts.content import HandleContent
from contracts.vocabulary import HandleKind, Visibility
from services.channels.domain.door import Outlet
from services.channels.domain.outbound import HttpCall, Reply, SendOutcome, SendRefused, SendTarget, TakenOver, TryLater
from services.channels.providers import sms_replies, telegram_replies, x_replies
from services.channels.workers.http_poster import HttpxPoster
from tests.support import telegram_stand_in, twilio_stand_in, x_stand_in
from tests.support.telegram_stand_in import TelegramStandIn
from tests.support.twilio_stand_in import TwilioStandIn
from tests.support.x_stand_in import XStandIn
from tests.unit.channels.in_memory import REPLY_ID

CHAT = HandleContent(kind=HandleKind.TELEGRAM, value="5550001")
PHONE = HandleContent(kind=HandleKind.PHONE, value="+31612345678")
AUTHOR = HandleContent(kind=HandleKind.X, value="2222222222222222222")
SECRETS = {
    "bot_token": telegram_stand_in.TOKEN,
    "account_sid": twilio_stand_in.ACCOUNT_SID,
    "auth_token": twilio_stand_in.AUTH_TOKEN,
    "access_token": x_stand_in.TOKEN,
}


@pytest.fixture
async def poster() -> AsyncIterator[HttpxPoster]:
    opened = HttpxPoster()
    yield opened
    await opened.close()


@pytest.fixture
def telegram() -> Iterator[TelegramStandIn]:
    stand_in = TelegramStandIn()
    yield stand_in
    stand_in.close()


@pytest.fixture
def twilio() -> Iterator[TwilioStandIn]:
    stand_in = TwilioStandIn()
    yield stand_in
    stand_in.close()


@pytest.fixture
def x() -> Iterator[XStandIn]:
    stand_in = XStandIn()
    yield stand_in
    stand_in.close()


async def said(
    poster: HttpxPoster, outlet: Outlet, url: str, to: HandleContent, text: str = "Tomorrow.", **more: Any
) -> SendOutcome:
    target = SendTarget(api_base=url, sender_id="+3197010280000", secrets=SECRETS, path="/channels/x/y")
    call = outlet.render(Reply(contact_id=REPLY_ID, to=to, text=text, **more), target)
    assert isinstance(call, HttpCall)
    return outlet.interpret(await poster.post(call))


async def test_telegram_takes_refuses_and_says_how_long_to_wait(poster: HttpxPoster, telegram: TelegramStandIn) -> None:
    telegram.slow_down = 1
    later = await said(poster, telegram_replies, telegram.url, CHAT)
    assert isinstance(later, TryLater)
    assert later.wait is not None
    assert later.wait.total_seconds() == 1
    assert await said(poster, telegram_replies, telegram.url, CHAT) == TakenOver("5550001:9001")
    telegram.blocked_by.add(CHAT.value)
    blocked = await said(poster, telegram_replies, telegram.url, CHAT)
    assert blocked == SendRefused(code="403", reason="Forbidden: bot was blocked by the user")
    assert [sent.body["text"] for sent in telegram.sent] == ["Tomorrow."]


async def test_twilio_takes_a_form_and_refuses_who_said_stop(poster: HttpxPoster, twilio: TwilioStandIn) -> None:
    twilio.slow_down = 1
    assert isinstance(await said(poster, sms_replies, twilio.url, PHONE), TryLater)
    taken = await said(poster, sms_replies, twilio.url, PHONE, "één & twee")
    assert isinstance(taken, TakenOver)
    assert taken.external_id == twilio.sent[0].message_id
    assert (twilio.sent[0].body["Body"], twilio.sent[0].body["From"]) == ("één & twee", "+3197010280000")
    twilio.opted_out.add(PHONE.value)
    refused = await said(poster, sms_replies, twilio.url, PHONE)
    assert isinstance(refused, SendRefused)
    assert (refused.code, PHONE.value in refused.reason) == ("RECIPIENT_OPTED_OUT", False)


async def test_x_takes_what_was_called_for_and_says_when_its_window_begins_anew(
    poster: HttpxPoster, x: XStandIn
) -> None:
    x.slow_down = 1
    later = await said(poster, x_replies, x.url, AUTHOR)
    assert isinstance(later, TryLater)
    assert later.wait is not None
    assert 1 <= later.wait.total_seconds() <= 3
    public: dict[str, Any] = {"visibility": Visibility.PUBLIC, "in_reply_to": "2070000000000000001"}
    assert await said(poster, x_replies, x.url, AUTHOR, **public) == TakenOver("2090000000000000001")
    assert await said(poster, x_replies, x.url, AUTHOR) == TakenOver("dm:2090000000000000002")
    again = await said(poster, x_replies, x.url, AUTHOR, **public)
    assert isinstance(again, SendRefused)
    x.closed.add(AUTHOR.value)
    assert isinstance(await said(poster, x_replies, x.url, AUTHOR), SendRefused)
    assert [sent.path for sent in x.sent] == ["/2/tweets", f"/2/dm_conversations/with/{AUTHOR.value}/messages"]
