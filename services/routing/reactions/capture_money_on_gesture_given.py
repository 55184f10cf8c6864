"""A gesture is on record as given: what was held for it is spent."""

from __future__ import annotations

import msgspec

from contracts.case import GestureGiven
from contracts.envelope import Message
from contracts.stored import CommandContext
from infra.logs import log
from services.routing.commands.capture_money import CaptureMoney, capture_money
from services.routing.ports import Record

logger = log("ledger")


async def capture_money_on_gesture_given(message: Message, context: CommandContext, *, record: Record) -> None:
    """Capture the hold. One that is not there ends as a dead letter: somebody has to look at it."""
    told = msgspec.json.decode(message.data, type=GestureGiven)
    command = CaptureMoney(gesture_id=told.gesture_id, hold_id=told.hold_id)
    done = await capture_money(command, context, record=record)
    if done.outcome.get("forced"):
        logger.error("a payout was made out of a hold that had ended", stream_id=str(told.gesture_id))
