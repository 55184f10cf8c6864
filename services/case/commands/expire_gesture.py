"""Nobody decided about a gesture in time."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_case
from services.case.commands.placing import with_facts
from services.case.domain import gestures, settlements


class ExpireGesture(msgspec.Struct, frozen=True):
    """The gesture that seems to have waited too long."""

    case_id: UUID
    gesture_id: UUID


async def expire_gesture(command: ExpireGesture, context: CommandContext, *, record: Record) -> Committed:
    """Record that it will not be given, where the time is over. Outcome: empty.

    Raises:
        Refusal: NOT_FOUND.
    """

    async def decide() -> Work:
        case = await find_case(record, command.case_id)
        gestures.expire(case, gesture_id=command.gesture_id, at=context.at)
        settlements.follow(case, gesture_id=command.gesture_id, at=context.at)
        return Work(streams=with_facts(case))

    return await record.transact(context, decide, serialise_on=(command.case_id,))
