"""Channels says what became of a reply: show it on the timeline."""

from __future__ import annotations

import msgspec

from contracts.channels import DeliveryUpdated
from contracts.envelope import Message
from contracts.stored import CommandContext, Record
from services.case.commands.record_delivery import RecordDelivery, record_delivery


async def record_delivery_on_delivery_updated(message: Message, context: CommandContext, *, record: Record) -> None:
    """Record it."""
    fact = msgspec.json.decode(message.data, type=DeliveryUpdated)
    command = RecordDelivery(
        case_id=fact.case_id,
        contact_id=fact.contact_id,
        status=fact.status,
        status_at=fact.at,
        code=fact.code,
        reason=fact.reason,
        retryable=fact.retryable,
    )
    await record_delivery(command, context, record=record)
