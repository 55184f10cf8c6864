"""An agent takes a case that nobody has."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import id_of
from services.case.commands.finding import find_case, find_handler
from services.case.commands.versions import check_version
from services.case.domain import assignments
from services.case.domain.permissions import Permission, require
from services.case.ports import Directory


class ClaimCase(msgspec.Struct, frozen=True):
    """The claim `transfer_id` of whoever asks."""

    case_id: UUID
    transfer_id: UUID


async def claim_case(command: ClaimCase, context: CommandContext, *, record: Record, directory: Directory) -> Committed:
    """Put it on record and ask routing. Outcome: `case_id`, `transfer_id` (None: the case is the agent's already).

    Raises:
        Refusal: FORBIDDEN (also whoever is not to handle the customer), NOT_FOUND (case; an agent of that
            reference), VERSION_CONFLICT, CASE_RESOLVED, ALREADY_ASSIGNED.
    """
    require(context.actor, Permission.TRANSFER_CASE)
    agent_id = id_of("agent", context.actor.ref)

    async def decide() -> Work:
        case = await find_case(record, command.case_id, "caseId")
        check_version(case, context)
        await find_handler(record, directory, case, agent_id)
        asked = assignments.claim(case, transfer_id=command.transfer_id, agent_id=agent_id, at=context.at)
        transfer_id = str(command.transfer_id) if asked else None
        return Work(streams=(case,), outcome={"case_id": str(case.id), "transfer_id": transfer_id})

    return await record.transact(context, decide, serialise_on=(command.case_id,))
