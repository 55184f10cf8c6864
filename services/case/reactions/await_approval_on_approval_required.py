"""Routing says that a gesture is above what its agent may give alone: wait for another person."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from contracts.envelope import Message
from contracts.routing import ApprovalRequired
from contracts.stored import CommandContext, Record
from services.case.commands.await_approval import AwaitApproval, await_approval


async def await_approval_on_approval_required(
    message: Message, context: CommandContext, *, record: Record, open_for: timedelta
) -> None:
    """Record that it waits, for so long."""
    fact = msgspec.json.decode(message.data, type=ApprovalRequired)
    command = AwaitApproval(
        case_id=fact.case_id,
        gesture_id=fact.gesture_id,
        two_approvers_above_minor=fact.two_approvers_above_minor,
    )
    await await_approval(command, context, record=record, open_for=open_for)
