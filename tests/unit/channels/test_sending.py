from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.content import HandleContent, ReplyContent
from contracts.vocabulary import Channel, DeliveryStatus, HandleKind
from services.channels.commands.receive_contact import ReceiveContact, receive_contact
from services.channels.domain.delivery import Delivery
from services.channels.ports import AnswerLost, NothingSent
from services.channels.reactions.send_reply_on_delivery_due import send_reply_on_delivery_due
from services.channels.settings import AccountSettings, ChannelsSettings
from tests.unit.channels.in_memory import (
    ACCOUNT,
    ACCOUNT_ID,
    NOW,
    REPLY_ID,
    SAM,
    ChannelsRecord,
    ScriptedPoster,
    SetClock,
    arrived,
    context,
    raw_of,
    refusal,
    requested,
)
from tests.unit.channels.outgoing import sending_parts

SETTINGS = ChannelsSettings.of(
    (
        AccountSettings(
            channel=Channel.WHATSAPP,
            account=ACCOUNT,
            name="WhatsApp",
            secrets={"access_token": ("token-1", "token-0")},
            api_base="https://graph.example/",
        ),
    ),
    region="NL",
    digest="d",
)


class Stand:
    def __init__(self, poster: ScriptedPoster, settings: ChannelsSettings = SETTINGS) -> None:
        self.record = ChannelsRecord()
        self.poster = poster
        self.clock = SetClock()
        self.parts = sending_parts(self.record, self.clock, self.poster, settings)

    async def contact(self) -> None:
        command = ReceiveContact(arrived(), raw_of())
        await receive_contact(command, context("in"), record=self.record, directory=self.record)

    async def send(self) -> Delivery:
        await send_reply_on_delivery_due(REPLY_ID, self.parts)
        delivery = await self.record.load(Delivery, REPLY_ID)
        assert delivery is not None
        return delivery


async def ready(*answers: object, settings: ChannelsSettings = SETTINGS) -> Stand:
    stand = Stand(ScriptedPoster(*answers), settings)  # type: ignore[arg-type]  # parametrised answers
    await stand.contact()
    await requested(stand.record)
    return stand


async def test_a_reply_is_said_as_whatsapp_wants_it() -> None:
    stand = await ready()
    stand.record.senders[ACCOUNT_ID] = "106540352242922"
    delivery = await stand.send()
    assert delivery.status is DeliveryStatus.ACCEPTED
    (call,) = stand.poster.calls
    assert call.url == "https://graph.example/v23.0/106540352242922/messages"
    assert call.headers == {"Authorization": "Bearer token-1"}
    assert call.body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "31612345678",
        "type": "text",
        "text": {"body": "Here you are."},
        "biz_opaque_callback_data": str(REPLY_ID),
        "context": {"message_id": "wamid.IN1"},
    }


async def test_without_a_payload_yet_the_account_is_the_sender() -> None:
    stand = await ready()
    await stand.send()
    assert stand.poster.calls[0].url.endswith(f"/v23.0/{ACCOUNT}/messages")


async def test_a_customer_without_a_number_is_reached_by_the_user_id() -> None:
    stand = Stand(ScriptedPoster())
    await stand.contact()
    user = HandleContent(kind=HandleKind.WHATSAPP, value="NL.1349")
    stand.record.windows[ACCOUNT_ID, "WHATSAPP", "NL.1349"] = NOW
    await requested(stand.record, content=ReplyContent(to=user, text="Hi"), in_reply_to=None)
    await stand.send()
    body = stand.poster.calls[0].body
    assert body["recipient"] == "NL.1349"
    assert "to" not in body
    assert "context" not in body


async def test_a_second_look_at_the_same_reply_sends_nothing_more() -> None:
    stand = await ready()
    for _ in range(3):
        await stand.send()
    assert len(stand.poster.calls) == 1


@pytest.mark.parametrize("answer", [refusal(503), refusal(429), refusal(500, 131000), refusal(400, 131056)])
async def test_what_may_pass_is_tried_again_and_arrives_once(answer: object) -> None:
    stand = await ready(answer)
    assert (await stand.send()).status is DeliveryStatus.REQUESTED
    assert stand.record.due[REPLY_ID] == NOW + timedelta(seconds=2)
    stand.clock.pass_by(seconds=2)
    assert (await stand.send()).status is DeliveryStatus.ACCEPTED
    assert len(stand.poster.calls) == 2


async def test_a_platform_that_was_not_reached_is_tried_again() -> None:
    stand = await ready(NothingSent())
    assert (await stand.send()).status is DeliveryStatus.REQUESTED
    assert REPLY_ID in stand.record.due


async def test_a_lost_answer_leaves_the_outcome_unknown_and_nothing_is_sent_again() -> None:
    stand = await ready(AnswerLost())
    assert (await stand.send()).status is DeliveryStatus.UNKNOWN
    await stand.send()
    assert len(stand.poster.calls) == 1


async def test_a_refusal_is_final_and_told_in_our_words_where_we_have_one() -> None:
    stand = await ready(refusal(400, 131047, "Re-engagement message to 31612345678"))
    assert (await stand.send()).status is DeliveryStatus.FAILED
    failed = stand.record.all_facts()[-1]
    assert failed.code == "CHANNEL_WINDOW_CLOSED"
    assert "31612345678" not in failed.reason


async def test_after_the_window_closed_nothing_is_sent() -> None:
    stand = await ready()
    stand.clock.pass_by(hours=24, seconds=1)
    assert (await stand.send()).status is DeliveryStatus.FAILED
    assert stand.record.all_facts()[-1].code == "CHANNEL_WINDOW_CLOSED"
    assert stand.poster.calls == []


async def test_a_text_that_is_too_long_is_not_cut_but_refused() -> None:
    stand = Stand(ScriptedPoster())
    await stand.contact()
    await requested(stand.record, content=ReplyContent(to=SAM, text="x" * 4097))
    await stand.send()
    assert stand.record.all_facts()[-1].code == "TEXT_TOO_LONG"
    assert stand.poster.calls == []


async def test_an_account_that_is_gone_cannot_reply() -> None:
    stand = await ready(settings=ChannelsSettings())
    await stand.send()
    assert stand.record.all_facts()[-1].code == "CHANNEL_CANNOT_REPLY"


async def test_a_text_whose_key_was_destroyed_is_not_sent() -> None:
    stand = Stand(ScriptedPoster())
    await requested(stand.record, content=None)
    assert (await stand.send()).status is DeliveryStatus.FAILED
    assert stand.poster.calls == []
