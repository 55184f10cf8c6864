"""The case service wants a reply to leave: it becomes a delivery of ours."""

from __future__ import annotations

import msgspec

from contracts.case import ReplyRequested
from contracts.content import ReplyContent
from contracts.envelope import Message
from contracts.stored import CommandContext, Record
from services.channels.commands.request_delivery import RequestDelivery, request_delivery
from services.channels.ports import ContentOpener


class _Opened(msgspec.Struct, frozen=True):
    content: ReplyContent


async def request_delivery_on_reply_requested(
    message: Message, context: CommandContext, *, record: Record, opener: ContentOpener
) -> None:
    """Take on the reply; where its text was erased meanwhile it will fail and say so."""
    wanted = msgspec.json.decode(message.data, type=ReplyRequested)
    opened = None
    if message.sealed is not None and message.stream_id is not None:
        opened = await opener.open(message.sealed, message.stream_id, message.stream_version)
    command = RequestDelivery(
        contact_id=wanted.contact_id,
        case_id=wanted.case_id,
        customer_id=wanted.customer_id,
        channel=wanted.channel,
        account=wanted.account,
        handle_kind=wanted.handle_kind,
        requested_at=wanted.requested_at,
        in_reply_to=wanted.in_reply_to,
        visibility=wanted.visibility,
        content=msgspec.json.decode(opened, type=_Opened).content if opened is not None else None,
    )
    await request_delivery(command, context, record=record)
