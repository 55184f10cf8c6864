"""The time until which a case was to wait has come."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_case
from services.case.commands.placing import with_facts
from services.case.domain import handling


class EndWait(msgspec.Struct, frozen=True):
    """The case that seems to have waited long enough."""

    case_id: UUID


async def end_wait(command: EndWait, context: CommandContext, *, record: Record) -> Committed:
    """Go on, where that is still so. Outcome: empty.

    Raises:
        Refusal: NOT_FOUND.
    """

    async def decide() -> Work:
        case = await find_case(record, command.case_id)
        handling.end_wait(case, at=context.at)
        return Work(streams=with_facts(case))

    return await record.transact(context, decide, serialise_on=(command.case_id,))
