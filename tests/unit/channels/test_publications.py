"""A post of our own on its way out: by the one way that replies leave, and never in place of one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import pytest

from contracts import subjects
from contracts.content import HandleContent, PublicationContent
from contracts.publication import PublicationUpdated
from contracts.publishing import PUBLISHING
from contracts.vocabulary import Channel, DeliveryStatus, HandleKind, Refusal, RefusalCode, Visibility
from services.channels.commands.receive_contact import ReceiveContact, receive_contact
from services.channels.commands.request_publication import RequestPublication, request_publication
from services.channels.domain.contact import Contact
from services.channels.domain.delivery import ATTEMPTS_MAX, Delivery
from services.channels.domain.inbound import ContactArrived, Ignored
from services.channels.domain.outbound import (
    CallResult,
    HttpCall,
    OutcomeLost,
    Post,
    Reply,
    SendRefused,
    SendTarget,
    TakenOver,
)
from services.channels.domain.raw import contact_id_of
from services.channels.providers import OUTLETS, STAGES, facebook, x
from services.channels.publish import contract_fact
from services.channels.reactions.send_reply_on_delivery_due import send_reply_on_delivery_due
from services.channels.settings import AccountSettings, ChannelsSettings
from tests.unit.channels.in_memory import (
    NOW,
    ChannelsRecord,
    ScriptedPoster,
    SetClock,
    context,
    meta_of,
    raw_of,
)
from tests.unit.channels.outgoing import sending_parts
from tests.unit.channels.x_payloads import US, event

POST_ID = UUID(int=77)
PAGE = "111000111000111"
SETTINGS = ChannelsSettings.of(
    (
        AccountSettings(
            channel=Channel.FACEBOOK, account="page-1", name="p", api_base="https://graph.example", platform_id=PAGE
        ),
    ),
    region="NL",
    digest="d",
)
TAKEN = CallResult(status=200, body=msgspec.json.encode({"id": f"{PAGE}_900"}))
TARGET = SendTarget(api_base="https://platform.example/", sender_id=PAGE, secrets={"access_token": "t"})


class Stand:
    def __init__(self, *answers: Any) -> None:
        self.record, self.clock, self.poster = ChannelsRecord(), SetClock(), ScriptedPoster(*answers)
        self.parts = sending_parts(self.record, self.clock, self.poster, SETTINGS)

    async def wanted(self, text: str | None = "Open on Sundays.", account: str = "page-1") -> None:
        content = None if text is None else PublicationContent(text)
        command = RequestPublication(POST_ID, Channel.FACEBOOK, account, NOW, content)
        await request_publication(command, context(f"wanted {text}"), record=self.record)

    async def sent(self) -> Delivery:
        await send_reply_on_delivery_due(POST_ID, self.parts)
        delivery = await self.record.load(Delivery, POST_ID)
        assert delivery is not None
        return delivery

    def told(self) -> list[Any]:
        found = [contract_fact(fact, meta_of(fact.originator_id, fact)) for fact in self.record.all_facts()]
        return [each for each in found if each is not None]


async def test_s089_a_post_leaves_once_and_is_told_with_its_id_and_its_address() -> None:
    stand = Stand(TAKEN)
    for _ in range(2):
        await stand.wanted()
    for _ in range(2):
        assert (await stand.sent()).status is DeliveryStatus.ACCEPTED
    (call,) = stand.poster.calls
    assert isinstance(call, HttpCall)
    assert (call.url, call.body) == (f"https://graph.example/v23.0/{PAGE}/feed", {"message": "Open on Sundays."})
    (told,) = stand.told()
    at, url = told[1].at, f"https://www.facebook.com/{PAGE}_900"
    expected = PublicationUpdated(
        POST_ID, Channel.FACEBOOK, "page-1", DeliveryStatus.ACCEPTED, at, external_id=f"{PAGE}_900", url=url
    )
    assert told == (subjects.PUBLICATION_UPDATED, expected)


async def test_s089_what_is_said_beneath_a_post_of_ours_answers_it() -> None:
    stand = Stand(TAKEN)
    await stand.wanted()
    await stand.sent()
    raw = raw_of(channel=Channel.FACEBOOK, account="page-1")
    value = {
        "item": "comment", "comment_id": "500_1", "post_id": f"{PAGE}_900", "parent_id": f"{PAGE}_900",
        "from": {"id": "777", "name": "Sam"}, "message": "From what time?", "verb": "add",
    }  # fmt: skip
    (item,) = facebook.parse(of_page(raw, value), region="NL").items
    assert isinstance(item, ContactArrived)
    await receive_contact(ReceiveContact(item, raw), context("c"), record=stand.record, directory=stand.record)
    comment = await stand.record.load(Contact, contact_id_of(Channel.FACEBOOK, "page-1", "500_1"))
    assert comment is not None
    received = next(fact for fact in stand.record.all_facts() if fact.originator_id == comment.id)
    assert received.in_reply_to == POST_ID


async def test_s089_the_echo_of_a_post_of_ours_is_nothing() -> None:
    raw = raw_of(channel=Channel.FACEBOOK, account="page-1")
    own = {"item": "status", "post_id": f"{PAGE}_900", "from": {"id": PAGE}, "message": "Open", "verb": "add"}
    assert facebook.parse(of_page(raw, own), region="NL").items == (Ignored("our-own"),)
    post = event("post.create", {"id": "2090000000000000001", "text": "Open", "author_id": US})
    told = raw_of(msgspec.json.encode(post), channel=Channel.X, account="shop")
    assert x.parse(told, region="NL").items == (Ignored("own-post"),)


def of_page(raw: Any, value: dict[str, Any]) -> Any:
    body = {"object": "page", "entry": [{"id": PAGE, "time": 1, "changes": [{"field": "feed", "value": value}]}]}
    return msgspec.structs.replace(raw, body=msgspec.json.encode(body))


async def test_s089_what_does_not_leave_says_why_and_is_told_as_a_post() -> None:
    for text, account, code in (
        ("ü" * 63_207, "page-1", RefusalCode.TEXT_TOO_LONG),
        ("Open", "gone", RefusalCode.CHANNEL_CANNOT_REPLY),
        (None, "page-1", RefusalCode.NOT_FOUND),
    ):
        stand = Stand(TAKEN)
        await stand.wanted(text, account)
        assert (await stand.sent()).status is DeliveryStatus.FAILED
        ((subject, told),) = stand.told()
        assert (subject, told.publication_id, told.code) == (subjects.PUBLICATION_UPDATED, POST_ID, code.value)
        assert stand.poster.calls == []


async def test_s089_a_platform_that_is_away_is_asked_again_and_a_lost_answer_never() -> None:
    stand = Stand(*[CallResult(status=503, body=b"") for _ in range(ATTEMPTS_MAX)])
    await stand.wanted()
    for _ in range(ATTEMPTS_MAX):
        delivery = await stand.sent()
    assert (delivery.status, len(stand.poster.calls)) == (DeliveryStatus.FAILED, ATTEMPTS_MAX)
    lost = Stand(CallResult(status=200, body=b"{}"))
    await lost.wanted()
    for _ in range(2):
        assert (await lost.sent()).status is DeliveryStatus.UNKNOWN
    assert len(lost.poster.calls) == 1
    ((_, told),) = lost.told()
    assert told.status is DeliveryStatus.UNKNOWN


@pytest.mark.parametrize("channel", sorted(PUBLISHING))
def test_s089_every_channel_that_can_publish_has_a_stage_that_keeps_to_its_length(channel: Channel) -> None:
    limit = PUBLISHING[channel].length_max
    call = STAGES[channel].render(Post(POST_ID, "a" * limit), TARGET)
    assert isinstance(call, HttpCall)
    assert call.headers == {"Authorization": "Bearer t"}
    with pytest.raises(Refusal) as refused:
        STAGES[channel].render(Post(POST_ID, "a" * (limit + 1)), TARGET)
    assert refused.value.code is RefusalCode.TEXT_TOO_LONG
    assert set(STAGES) == set(PUBLISHING)


def test_s089_a_post_on_x_has_its_address_and_is_refused_in_words() -> None:
    stage = STAGES[Channel.X]
    taken = stage.interpret(CallResult(status=201, body=b'{"data":{"id":"2090000000000000001"}}'))
    assert taken == TakenOver("2090000000000000001", url="https://x.com/i/status/2090000000000000001")
    refused = stage.interpret(CallResult(status=403, body=b'{"title":"Forbidden","detail":"duplicate"}'))
    assert isinstance(refused, SendRefused)
    assert refused.reason == "duplicate"
    assert isinstance(STAGES[Channel.FACEBOOK].interpret(CallResult(status=200, body=b"{}")), OutcomeLost)


@pytest.mark.parametrize(("channel", "kind"), [(Channel.FACEBOOK, HandleKind.FACEBOOK), (Channel.X, HandleKind.X)])
def test_an_answer_whose_question_is_not_known_never_becomes_a_post(channel: Channel, kind: HandleKind) -> None:
    to = HandleContent(kind=kind, value="1")
    with pytest.raises(Refusal) as refused:
        OUTLETS[channel].render(Reply(POST_ID, to, "Yes", visibility=Visibility.PUBLIC), TARGET)
    assert refused.value.code is RefusalCode.CHANNEL_CANNOT_REPLY
