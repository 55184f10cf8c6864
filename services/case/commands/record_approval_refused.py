"""The approver may not approve this much: the gesture goes on waiting for somebody else."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import RefusalCode
from services.case.commands.finding import find_case
from services.case.domain import gestures


class RecordApprovalRefused(msgspec.Struct, frozen=True):
    """Why routing refused the approval."""

    case_id: UUID
    gesture_id: UUID
    approval_id: UUID
    code: RefusalCode


async def record_approval_refused(
    command: RecordApprovalRefused, context: CommandContext, *, record: Record
) -> Committed:
    """Set the gesture back to AWAITING_APPROVAL. Outcome: `case_id`, `gesture_id`.

    Raises:
        Refusal: NOT_FOUND, where this record does not know the case or the gesture.
    """

    async def decide() -> Work:
        case = await find_case(record, command.case_id)
        gestures.refuse_approval(
            case,
            gesture_id=command.gesture_id,
            approval_id=command.approval_id,
            code=command.code,
            at=context.at,
        )
        return Work(streams=(case,), outcome={"case_id": str(case.id), "gesture_id": str(command.gesture_id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))
