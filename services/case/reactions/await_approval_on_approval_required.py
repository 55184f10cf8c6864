"""Routing says that a gesture is above what its agent may give alone: wait for another person."""

from __future__ import annotations

import msgspec

from contracts.envelope import Message
from contracts.routing import ApprovalRequired
from contracts.stored import CommandContext, Record
from services.case.commands.await_approval import AwaitApproval, await_approval


async def await_approval_on_approval_required(message: Message, context: CommandContext, *, record: Record) -> None:
    """Record that it waits."""
    fact = msgspec.json.decode(message.data, type=ApprovalRequired)
    await await_approval(AwaitApproval(case_id=fact.case_id, gesture_id=fact.gesture_id), context, record=record)
