"""A gesture is above what its agent may give alone: another person is to decide."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_case
from services.case.domain import gestures, settlements


class AwaitApproval(msgspec.Struct, frozen=True):
    """Nothing is reserved for the gesture. `two_approvers_above_minor`: above it two people have to decide."""

    case_id: UUID
    gesture_id: UUID
    two_approvers_above_minor: int | None = None


async def await_approval(
    command: AwaitApproval,
    context: CommandContext,
    *,
    record: Record,
    open_for: timedelta = gestures.APPROVAL_OPEN_FOR,
) -> Committed:
    """Record that the gesture waits, for so long. Outcome: `case_id`, `gesture_id`.

    Raises:
        Refusal: NOT_FOUND, where this record does not know the case or the gesture.
    """

    async def decide() -> Work:
        case = await find_case(record, command.case_id)
        gestures.await_approval(
            case,
            gesture_id=command.gesture_id,
            two_approvers_above_minor=command.two_approvers_above_minor,
            open_for=open_for,
            at=context.at,
        )
        settlements.follow(case, gesture_id=command.gesture_id, at=context.at)
        return Work(streams=(case,), outcome={"case_id": str(case.id), "gesture_id": str(command.gesture_id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))
