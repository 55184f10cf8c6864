"""An agent says that what was promised is done."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_case_of_commitment
from services.case.domain import commitments
from services.case.domain.permissions import Permission, require
from services.case.ports import Directory


class KeepCommitment(msgspec.Struct, frozen=True):
    """The promise."""

    commitment_id: UUID


async def keep_commitment(
    command: KeepCommitment, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Record that it is kept. Outcome: `case_id`, `commitment_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, INVALID_INPUT (it is not open any more, or its moment has passed).
    """
    require(context.actor, Permission.MAKE_COMMITMENT)

    async def decide() -> Work:
        case = await find_case_of_commitment(record, directory, command.commitment_id)
        commitments.keep(case, commitment_id=command.commitment_id, at=context.at)
        outcome = {"case_id": str(case.id), "commitment_id": str(command.commitment_id)}
        return Work(streams=(case,), outcome=outcome)

    return await record.transact(context, decide, serialise_on=(command.commitment_id,))
