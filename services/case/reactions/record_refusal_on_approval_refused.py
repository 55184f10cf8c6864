"""Routing says that an approver may not approve this much: the gesture goes on waiting."""

from __future__ import annotations

import msgspec

from contracts.envelope import Message
from contracts.routing import ApprovalRefused
from contracts.stored import CommandContext, Record
from services.case.commands.record_approval_refused import RecordApprovalRefused, record_approval_refused


async def record_refusal_on_approval_refused(message: Message, context: CommandContext, *, record: Record) -> None:
    """Record the refusal."""
    fact = msgspec.json.decode(message.data, type=ApprovalRefused)
    command = RecordApprovalRefused(
        case_id=fact.case_id, gesture_id=fact.gesture_id, approval_id=fact.approval_id, code=fact.code
    )
    await record_approval_refused(command, context, record=record)
