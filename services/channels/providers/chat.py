"""Our own chat, the way in: what a visitor said, and how far our answers came, as the front door kept it.

A socket is no payload, so each frame that matters is written down as one: who was on the line, as the hello showed,
and what the frame said. These are read here, like the payloads of any other channel.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec

from contracts.content import ContactContent, HandleContent
from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.vocabulary import Channel, ContactKind, DeliveryStatus, HandleAssurance, HandleKind
from services.channels.domain.channel_spec import BySocket, ChannelSpec
from services.channels.domain.inbound import ContactArrived, Ignored, Parsed, StatusReported
from services.channels.domain.normal_form import NotUnderstood, read_json
from services.channels.domain.raw import RawInbound
from services.channels.providers.typed_handles import mail_address

spec = ChannelSpec(
    channel=Channel.CHAT,
    verification=BySocket(),
    answer_status=101,
    reply=REPLY_CAPABILITIES[Channel.CHAT],
)

REPLIES_MAX = 1000


class KeptMessage(msgspec.Struct, frozen=True, tag_field="type", tag="message", omit_defaults=True):
    """What a visitor said. `signed`: the site vouches for `email`, which else is what somebody typed."""

    visitor: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    text: str
    signed: bool = False
    name: str | None = None
    email: str | None = None


class KeptReceipt(msgspec.Struct, frozen=True, tag_field="type", tag="receipt"):
    """How far answers of ours came."""

    status: Literal["DELIVERED", "READ"]
    replies: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=REPLIES_MAX)]


Kept: TypeAlias = KeptMessage | KeptReceipt


def parse(raw: RawInbound, *, region: str) -> Parsed:
    """One contact, or one status for each reply of a receipt.

    Raises:
        NotUnderstood: it is not what the front door keeps of a chat.
    """
    del region
    said = read_json(raw.body)
    try:
        kept: Kept = msgspec.convert(said, Kept)
    except msgspec.ValidationError:
        raise NotUnderstood("malformed-frame", "this is nothing that is said in a chat") from None
    if isinstance(kept, KeptMessage):
        return Parsed(items=(_message(kept, raw),))
    status = DeliveryStatus(kept.status)
    told = tuple(StatusReported(str(each), status, raw.received_at, contact_id=each) for each in kept.replies)
    return Parsed(items=told or (Ignored("nothing-in-it"),))


def _message(kept: KeptMessage, raw: RawInbound) -> ContactArrived:
    """We gave the visitor the session, so the visitor's handle is sure; a mail address only where the site vouches."""
    name = kept.name or None
    handles = [HandleContent(kind=HandleKind.CHAT_VISITOR, value=kept.visitor, display=name)]
    address = mail_address(kept.email)
    vouched = kept.signed and address is not None
    if vouched and address is not None:
        handles.append(HandleContent(kind=HandleKind.EMAIL, value=address))
    return ContactArrived(
        external_id=f"{kept.visitor}/{kept.id}",
        kind=ContactKind.MESSAGE,
        occurred_at=raw.received_at,
        assurance=HandleAssurance.PLATFORM,
        flags=("email-unconfirmed",) if kept.email and not vouched else (),
        content=ContactContent(
            handles=tuple(handles),
            sender_name=name,
            text=kept.text,
            fields={"email": kept.email} if kept.email and not vouched else {},
        ),
    )
