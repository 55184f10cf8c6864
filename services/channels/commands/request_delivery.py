"""Take on a reply that is to leave."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.content import ReplyContent
from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Channel, HandleKind, Visibility
from services.channels.domain.delivery import Delivery


class RequestDelivery(msgspec.Struct, frozen=True):
    """What the case service asked for. `content` None: its key was destroyed before we could read it."""

    contact_id: UUID
    case_id: UUID
    customer_id: UUID
    channel: Channel
    account: str
    handle_kind: HandleKind
    requested_at: datetime
    in_reply_to: UUID | None
    content: ReplyContent | None
    visibility: Visibility = Visibility.PRIVATE


async def request_delivery(command: RequestDelivery, context: CommandContext, *, record: Record) -> Committed:
    """Begin the reply's way out; one that is on its way already is left alone."""

    async def decide() -> Work:
        if await record.load(Delivery, command.contact_id) is not None:
            return Work()
        delivery = Delivery.request(
            contact_id=command.contact_id,
            case_id=command.case_id,
            customer_id=command.customer_id,
            channel=command.channel,
            account=command.account,
            handle_kind=command.handle_kind,
            requested_at=command.requested_at,
            in_reply_to=command.in_reply_to,
            visibility=command.visibility,
            content=command.content,
            at=context.at,
        )
        return Work(streams=(delivery,), outcome={"contact_id": str(delivery.id)})

    return await record.transact(context, decide, serialise_on=(command.contact_id,))
