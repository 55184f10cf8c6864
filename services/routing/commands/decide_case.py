"""Decides a case again that nobody has, because somebody came, got room or left."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Work
from services.routing.commands.decision import ROUTER, decide_on, left_us
from services.routing.domain.assignment import Assignment, assignment_id
from services.routing.ports import Floor, Record


class DecideCase(msgspec.Struct, frozen=True):
    """Who takes this case?"""

    case_id: UUID


async def decide_case(command: DecideCase, context: CommandContext, *, record: Record, floor: Floor) -> Committed:
    """Decide it, where we are to move and nobody has it (or somebody who left us); else nothing."""

    async def decide() -> Work:
        assignment = await record.load(Assignment, assignment_id(command.case_id))
        if assignment is None or not assignment.needs_somebody(inactive=await left_us(record, assignment)):
            return Work()
        await decide_on(assignment, context, floor=floor)
        return Work(streams=(assignment,) if assignment.pending_events else ())

    return await record.transact(context, decide, serialise_on=(ROUTER,))
