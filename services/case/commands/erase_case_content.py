"""A step of an approved erasure: a case of the customer is closed to words."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_case
from services.case.commands.placing import with_facts


class EraseCaseContent(msgspec.Struct, frozen=True):
    """The case, for the request of that id."""

    case_id: UUID
    request_id: UUID


async def erase_case_content(command: EraseCaseContent, context: CommandContext, *, record: Record) -> Committed:
    """Close the case, once: its rows are then what a rebuild without keys would write. Outcome: empty."""

    async def decide() -> Work:
        case = await find_case(record, command.case_id)
        case.erase_content(request_id=command.request_id, at=context.at)
        return Work(streams=with_facts(case))

    return await record.transact(context, decide, serialise_on=(command.case_id,))
