"""Money that was paid out came back: it returns to the account it came from."""

from __future__ import annotations

import msgspec

from contracts.case import GestureReversed
from contracts.envelope import Message
from contracts.stored import CommandContext
from services.routing.commands.reverse_money import ReverseMoney, reverse_money
from services.routing.ports import Record


async def reverse_money_on_gesture_reversed(message: Message, context: CommandContext, *, record: Record) -> None:
    """Count it as not spent. What cannot be reversed ends as a dead letter: somebody has to look at it."""
    told = msgspec.json.decode(message.data, type=GestureReversed)
    command = ReverseMoney(gesture_id=told.gesture_id, reversal_id=told.reversal_id, amount_minor=told.amount_minor)
    await reverse_money(command, context, record=record)
