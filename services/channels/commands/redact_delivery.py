"""A reply of ours is redacted."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Row, Work
from services.channels.domain.delivery import Delivery


class RedactDelivery(msgspec.Struct, frozen=True):
    """The reply as the case service names it."""

    contact_id: UUID


async def redact_delivery(command: RedactDelivery, context: CommandContext, *, record: Record) -> Committed:
    """Withhold what it says, once: its envelope goes with the fact that says so. Outcome: empty."""

    async def decide() -> Work:
        delivery = await record.load(Delivery, command.contact_id)
        withheld = () if delivery is None else delivery.redact(at=context.at)
        if delivery is None or not withheld:
            return Work()
        return Work(streams=(delivery,), rows=(Row("withhold_envelopes", (delivery.id, list(withheld))),))

    return await record.transact(context, decide, serialise_on=(command.contact_id,))
