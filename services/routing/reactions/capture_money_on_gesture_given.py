"""A gesture is on record as given: what was held for it is spent."""

from __future__ import annotations

import msgspec

from contracts.case import GestureGiven
from contracts.envelope import Message
from contracts.stored import CommandContext
from services.routing.commands.capture_money import CaptureMoney, capture_money
from services.routing.ports import Record


async def capture_money_on_gesture_given(message: Message, context: CommandContext, *, record: Record) -> None:
    """Capture the hold. One that cannot be captured ends as a dead letter: somebody has to look at it."""
    told = msgspec.json.decode(message.data, type=GestureGiven)
    await capture_money(CaptureMoney(gesture_id=told.gesture_id, hold_id=told.hold_id), context, record=record)
