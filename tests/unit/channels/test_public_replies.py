"""When an answer leaves for everybody, and when for one: windows as they are looked at again on the way out."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from contracts.content import ContactContent, HandleContent, ReplyContent
from contracts.vocabulary import (
    Channel,
    ContactKind,
    DeliveryStatus,
    HandleAssurance,
    HandleKind,
    Visibility,
)
from services.channels.commands.receive_contact import ReceiveContact, receive_contact
from services.channels.domain.delivery import Delivery
from services.channels.domain.inbound import ContactArrived
from services.channels.domain.outbound import CallResult
from services.channels.domain.raw import contact_id_of
from services.channels.reactions.send_reply_on_delivery_due import send_reply_on_delivery_due
from services.channels.settings import AccountSettings, ChannelsSettings
from tests.unit.channels.in_memory import (
    NOW,
    REPLY_ID,
    ChannelsRecord,
    ScriptedPoster,
    SetClock,
    context,
    raw_of,
    requested,
)
from tests.unit.channels.outgoing import sending_parts

ACCOUNT, COMMENT_ID, MESSAGE_ID = "ig-1", "178", "aW_1"
SAM = HandleContent(kind=HandleKind.INSTAGRAM, value="7770", display="sam")
SETTINGS = ChannelsSettings.of(
    (AccountSettings(channel=Channel.INSTAGRAM, account=ACCOUNT, name="ig", api_base="https://graph.example"),),
    region="NL",
    digest="d",
)
TAKEN = CallResult(status=200, body=msgspec.json.encode({"id": "179", "message_id": "aW_OUT"}))


class Stand:
    def __init__(self) -> None:
        self.record, self.clock, self.poster = ChannelsRecord(), SetClock(), ScriptedPoster(TAKEN)
        self.parts = sending_parts(self.record, self.clock, self.poster, SETTINGS)

    async def hears(self, external_id: str, visibility: Visibility) -> None:
        comment = visibility is Visibility.PUBLIC
        item = ContactArrived(
            external_id=external_id,
            kind=ContactKind.COMMENT if comment else ContactKind.MESSAGE,
            occurred_at=NOW,
            assurance=HandleAssurance.PLATFORM,
            visibility=visibility,
            flags=("comment",) if comment else (),
            content=ContactContent(handles=(SAM,), text="hello"),
        )
        raw = raw_of(channel=Channel.INSTAGRAM, account=ACCOUNT)
        await receive_contact(
            ReceiveContact(item, raw), context(external_id), record=self.record, directory=self.record
        )

    async def answers(self, visibility: Visibility, answered: str | None, **later: float) -> Delivery:
        await requested(
            self.record,
            channel=Channel.INSTAGRAM,
            account=ACCOUNT,
            handle_kind=HandleKind.INSTAGRAM,
            visibility=visibility,
            in_reply_to=contact_id_of(Channel.INSTAGRAM, ACCOUNT, answered) if answered else None,
            content=ReplyContent(to=SAM, text="Sorry!"),
        )
        self.clock.time = NOW + timedelta(**later)
        await send_reply_on_delivery_due(REPLY_ID, self.parts)
        delivery = await self.record.load(Delivery, REPLY_ID)
        assert delivery is not None
        return delivery


async def test_what_is_said_in_public_has_no_window() -> None:
    stand = Stand()
    await stand.hears(COMMENT_ID, Visibility.PUBLIC)
    assert (await stand.answers(Visibility.PUBLIC, COMMENT_ID, days=30)).status is DeliveryStatus.ACCEPTED
    assert stand.poster.calls[0].url.endswith("/178/replies")


async def test_a_comment_can_be_answered_in_private_by_its_id_for_seven_days() -> None:
    for days, status in ((6.9, DeliveryStatus.ACCEPTED), (7.1, DeliveryStatus.FAILED)):
        stand = Stand()
        await stand.hears(COMMENT_ID, Visibility.PUBLIC)
        assert (await stand.answers(Visibility.PRIVATE, COMMENT_ID, days=days)).status is status
        recipients = [call.body["recipient"] for call in stand.poster.calls]
        assert recipients == ([{"comment_id": COMMENT_ID}] if days < 7 else [])


async def test_a_comment_opens_no_window_for_messages() -> None:
    stand = Stand()
    await stand.hears(COMMENT_ID, Visibility.PUBLIC)
    assert (await stand.answers(Visibility.PRIVATE, None)).status is DeliveryStatus.FAILED
    assert stand.poster.calls == []


async def test_a_message_opens_its_window_for_a_day() -> None:
    for hours, status in ((23.9, DeliveryStatus.ACCEPTED), (24.1, DeliveryStatus.FAILED)):
        stand = Stand()
        await stand.hears(MESSAGE_ID, Visibility.PRIVATE)
        assert (await stand.answers(Visibility.PRIVATE, MESSAGE_ID, hours=hours)).status is status
