"""A gesture will not be given: what was held for it is free again."""

from __future__ import annotations

import msgspec

from contracts.case import GestureDropped
from contracts.envelope import Message
from contracts.stored import CommandContext
from services.routing.commands.release_money import ReleaseMoney, release_money
from services.routing.ports import Record


async def release_money_on_gesture_dropped(message: Message, context: CommandContext, *, record: Record) -> None:
    """Release the hold, if there is one."""
    told = msgspec.json.decode(message.data, type=GestureDropped)
    await release_money(ReleaseMoney(gesture_id=told.gesture_id, reason=told.reason), context, record=record)
