"""The ledger says no to a gesture."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import RefusalCode
from services.case.commands.finding import find_case
from services.case.domain import gestures, settlements


class RefuseGesture(msgspec.Struct, frozen=True):
    """Why: there is no account in that currency, or it is closed."""

    case_id: UUID
    gesture_id: UUID
    code: RefusalCode


async def refuse_gesture(command: RefuseGesture, context: CommandContext, *, record: Record) -> Committed:
    """Record that the gesture will not be given. Outcome: `case_id`, `gesture_id`.

    Raises:
        Refusal: NOT_FOUND, where this record does not know the case or the gesture.
    """

    async def decide() -> Work:
        case = await find_case(record, command.case_id)
        gestures.refuse(case, gesture_id=command.gesture_id, code=command.code, at=context.at)
        settlements.follow(case, gesture_id=command.gesture_id, at=context.at)
        return Work(streams=(case,), outcome={"case_id": str(case.id), "gesture_id": str(command.gesture_id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))
