"""Reminds whoever promised something that its moment is near."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_case_of_commitment
from services.case.commands.placing import with_facts
from services.case.domain import commitments
from services.case.ports import Directory


class RemindOfCommitment(msgspec.Struct, frozen=True):
    """The promise whose moment seems to be near."""

    commitment_id: UUID


async def remind_of_commitment(
    command: RemindOfCommitment, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Record that its moment is near, once, where that is so. Outcome: empty.

    Raises:
        Refusal: NOT_FOUND.
    """

    async def decide() -> Work:
        case = await find_case_of_commitment(record, directory, command.commitment_id)
        commitments.come_near(case, commitment_id=command.commitment_id, at=context.at)
        return Work(streams=with_facts(case))

    return await record.transact(context, decide, serialise_on=(command.commitment_id,))
