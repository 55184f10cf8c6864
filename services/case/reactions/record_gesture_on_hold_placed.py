"""Routing holds the money for a gesture: it is given."""

from __future__ import annotations

import msgspec

from contracts.envelope import Message
from contracts.routing import HoldPlaced
from contracts.stored import CommandContext, Record
from services.case.commands.record_hold import RecordHold, record_hold


async def record_gesture_on_hold_placed(message: Message, context: CommandContext, *, record: Record) -> None:
    """Record that it is given."""
    fact = msgspec.json.decode(message.data, type=HoldPlaced)
    command = RecordHold(
        case_id=fact.case_id,
        gesture_id=fact.gesture_id,
        hold_id=fact.hold_id,
        account_id=fact.account_id,
        amount_minor=fact.amount_minor,
    )
    await record_hold(command, context, record=record)
