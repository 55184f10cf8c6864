"""Claim the next try to send a reply, before the platform is asked."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.channels.domain.delivery import Delivery


class RecordAttempt(msgspec.Struct, frozen=True):
    """Which reply."""

    contact_id: UUID


async def record_attempt(command: RecordAttempt, context: CommandContext, *, record: Record) -> Committed:
    """Record the try. The outcome's `claimed` is False where somebody else has it, or it is settled.

    Raises:
        Refusal: NOT_FOUND.
    """

    async def decide() -> Work:
        delivery = await record.load(Delivery, command.contact_id)
        if delivery is None:
            raise Refusal(RefusalCode.NOT_FOUND, "there is no such reply")
        claimed = delivery.attempt(at=context.at)
        return Work(streams=(delivery,) if claimed else (), outcome={"claimed": claimed})

    return await record.transact(context, decide, serialise_on=(command.contact_id,))
