"""Routing holds the money for a gesture: it is given, or being paid."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from contracts.envelope import Message
from contracts.routing import HoldPlaced
from contracts.stored import CommandContext, Record
from services.case.commands.record_hold import RecordHold, record_hold
from services.case.domain.policy import CasePolicy


async def record_gesture_on_hold_placed(
    message: Message, context: CommandContext, *, record: Record, policy: CasePolicy, wake: Callable[[], None]
) -> None:
    """Record it; `wake` whoever pays out."""
    fact = msgspec.json.decode(message.data, type=HoldPlaced)
    command = RecordHold(
        case_id=fact.case_id,
        gesture_id=fact.gesture_id,
        hold_id=fact.hold_id,
        account_id=fact.account_id,
        amount_minor=fact.amount_minor,
        paying=fact.paying,
    )
    await record_hold(command, context, record=record, policy=policy)
    if fact.paying:
        wake()
