"""Routing's ledger says no to a gesture."""

from __future__ import annotations

import msgspec

from contracts.envelope import Message
from contracts.routing import GestureRefused
from contracts.stored import CommandContext, Record
from services.case.commands.refuse_gesture import RefuseGesture, refuse_gesture


async def refuse_gesture_on_gesture_refused(message: Message, context: CommandContext, *, record: Record) -> None:
    """Record that it will not be given."""
    fact = msgspec.json.decode(message.data, type=GestureRefused)
    command = RefuseGesture(case_id=fact.case_id, gesture_id=fact.gesture_id, code=fact.code)
    await refuse_gesture(command, context, record=record)
