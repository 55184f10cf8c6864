"""A gesture is above what its agent may give alone: another person is to decide."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_case
from services.case.domain import gestures, settlements


class AwaitApproval(msgspec.Struct, frozen=True):
    """Nothing is reserved for the gesture."""

    case_id: UUID
    gesture_id: UUID


async def await_approval(command: AwaitApproval, context: CommandContext, *, record: Record) -> Committed:
    """Record that the gesture waits. Outcome: `case_id`, `gesture_id`.

    Raises:
        Refusal: NOT_FOUND, where this record does not know the case or the gesture.
    """

    async def decide() -> Work:
        case = await find_case(record, command.case_id)
        gestures.await_approval(case, gesture_id=command.gesture_id, at=context.at)
        settlements.follow(case, gesture_id=command.gesture_id, at=context.at)
        return Work(streams=(case,), outcome={"case_id": str(case.id), "gesture_id": str(command.gesture_id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))
