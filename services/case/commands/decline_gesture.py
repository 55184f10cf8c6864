"""Another person says no to a gesture."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_case_of_gesture
from services.case.commands.versions import check_version
from services.case.domain import gestures, settlements
from services.case.domain.permissions import Permission, require
from services.case.domain.texts import checked_text
from services.case.ports import Directory


class DeclineGesture(msgspec.Struct, frozen=True):
    """`reason`: in words, for the agent who asked."""

    gesture_id: UUID
    reason: str


async def decline_gesture(
    command: DeclineGesture, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Record that it will not be given. Outcome: `case_id`, `gesture_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, VERSION_CONFLICT, NOT_AWAITING_APPROVAL, INVALID_INPUT (reason
            empty).
    """
    require(context.actor, Permission.DECIDE_GESTURE)
    reason = checked_text(command.reason, "reason")

    async def decide() -> Work:
        case = await find_case_of_gesture(record, directory, command.gesture_id)
        check_version(case, context)
        gestures.decline(case, gesture_id=command.gesture_id, decider=context.actor, reason=reason, at=context.at)
        settlements.follow(case, gesture_id=command.gesture_id, at=context.at)
        return Work(streams=(case,), outcome={"case_id": str(case.id), "gesture_id": str(command.gesture_id)})

    return await record.transact(context, decide, serialise_on=(command.gesture_id,))
