"""Take on a reply that is to leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.content import ReplyContent, ReplyFileContent
from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Channel, HandleKind, Visibility
from services.channels.domain.delivery import Delivery
from services.channels.domain.upload import Upload


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
    """Begin the reply's way out, with the files that go along; one that is on its way already is left alone."""

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
        files = [await record.load(Upload, each.attachment_id) for each in _files(command)]
        found = [upload for upload in files if upload is not None]
        for number, upload in enumerate(found):
            upload.claim(command.contact_id, number, case_id=command.case_id, at=context.at)
        return Work(streams=(delivery, *_with_facts(found)), outcome={"contact_id": str(delivery.id)})

    return await record.transact(context, decide, serialise_on=(command.contact_id,))


def _files(command: RequestDelivery) -> tuple[ReplyFileContent, ...]:
    return () if command.content is None else command.content.files


def _with_facts(uploads: Sequence[Upload]) -> Sequence[Upload]:
    return [upload for upload in uploads if upload.pending_events]
