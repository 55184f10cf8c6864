"""Takes note of a new case and decides who takes it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Work
from contracts.vocabulary import Channel
from services.routing.commands.decision import ROUTER, decide_on
from services.routing.domain.assignment import Assignment, assignment_id
from services.routing.ports import Floor, Record


class SeeCase(msgspec.Struct, frozen=True):
    """A case was opened. `units`: what it weighs, by the configuration of now. `team_ref`: only for its agents."""

    case_id: UUID
    customer_id: UUID
    channel: Channel | None
    units: int
    opened_at: datetime
    due_at: datetime | None = None
    language: str | None = None
    skills: tuple[str, ...] = ()
    team_ref: str | None = None


async def see_case(command: SeeCase, context: CommandContext, *, record: Record, floor: Floor) -> Committed:
    """Decide who takes it. A case that is known already is left as it is."""

    async def decide() -> Work:
        if await record.load(Assignment, assignment_id(command.case_id)) is not None:
            return Work()
        assignment = Assignment.see(**msgspec.structs.asdict(command), at=context.at)
        await decide_on(assignment, context, floor=floor)
        return Work(streams=(assignment,))

    return await record.transact(context, decide, serialise_on=(ROUTER,))
