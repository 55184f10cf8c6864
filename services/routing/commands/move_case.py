"""Takes note that a case waits, is settled or is ours again, which changes what its agent carries."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Work
from contracts.vocabulary import CaseStatus, WaitingFor
from services.routing.commands.decision import ROUTER, decide_on, left_us
from services.routing.domain.assignment import Assignment, assignment_id
from services.routing.ports import Floor, Record


class MoveCase(msgspec.Struct, frozen=True):
    """A case's status now. `reopened`: it was settled before."""

    case_id: UUID
    status: CaseStatus
    waiting_for: WaitingFor | None = None
    reopened: bool = False


async def move_case(command: MoveCase, context: CommandContext, *, record: Record, floor: Floor) -> Committed:
    """Note the status; decide a case that nobody has.

    A reopened case goes back to whoever had it, even above capacity or away.
    """

    async def decide() -> Work:
        assignment = await record.load(Assignment, assignment_id(command.case_id))
        if assignment is None:
            return Work()
        assignment.move(status=command.status, waiting_for=command.waiting_for, at=context.at)
        gone = await left_us(record, assignment)
        if command.reopened or assignment.needs_somebody(inactive=gone):
            await decide_on(assignment, context, floor=floor, anew=gone)
        return Work(streams=(assignment,) if assignment.pending_events else ())

    return await record.transact(context, decide, serialise_on=(ROUTER,))
