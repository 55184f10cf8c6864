"""An agent takes a promise back."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_case_of_commitment
from services.case.domain import commitments
from services.case.domain.permissions import Permission, require
from services.case.domain.texts import NOTE_LENGTH_MAX, checked_text
from services.case.ports import Directory


class WithdrawCommitment(msgspec.Struct, frozen=True):
    """`reason`: in words, for colleagues."""

    commitment_id: UUID
    reason: str


async def withdraw_commitment(
    command: WithdrawCommitment, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Record that it is withdrawn. Outcome: `case_id`, `commitment_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, CUSTOMER_ERASED, INVALID_INPUT (reason empty; it is not open any more, or its
            moment has passed), TEXT_TOO_LONG.
    """
    require(context.actor, Permission.MAKE_COMMITMENT)
    reason = checked_text(command.reason, "reason", length_max=NOTE_LENGTH_MAX)

    async def decide() -> Work:
        case = await find_case_of_commitment(record, directory, command.commitment_id)
        commitments.withdraw(case, commitment_id=command.commitment_id, reason=reason, at=context.at)
        outcome = {"case_id": str(case.id), "commitment_id": str(command.commitment_id)}
        return Work(streams=(case,), outcome=outcome)

    return await record.transact(context, decide, serialise_on=(command.commitment_id,))
