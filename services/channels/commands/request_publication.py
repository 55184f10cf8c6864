"""Take on a post of our own that is to leave."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.content import PublicationContent
from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Channel
from services.channels.domain.delivery import Delivery


class RequestPublication(msgspec.Struct, frozen=True):
    """What the case service asked for. `content` None: its key was destroyed before we could read it."""

    publication_id: UUID
    channel: Channel
    account: str
    requested_at: datetime
    content: PublicationContent | None


async def request_publication(command: RequestPublication, context: CommandContext, *, record: Record) -> Committed:
    """Begin the post's way out; one that is on its way already is left alone. Outcome: empty."""

    async def decide() -> Work:
        if await record.load(Delivery, command.publication_id) is not None:
            return Work()
        delivery = Delivery.publish(
            publication_id=command.publication_id,
            channel=command.channel,
            account=command.account,
            requested_at=command.requested_at,
            post=command.content,
            at=context.at,
        )
        return Work(streams=(delivery,))

    return await record.transact(context, decide, serialise_on=(command.publication_id,))
