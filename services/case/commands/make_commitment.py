"""An agent promises a customer something."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import ActorKind, Refusal, RefusalCode, id_of
from services.case.commands.finding import find_active_agent, find_case
from services.case.commands.versions import check_version
from services.case.domain import commitments
from services.case.domain.case import Case
from services.case.domain.permissions import Permission, require
from services.case.domain.texts import NOTE_LENGTH_MAX, checked_text


class MakeCommitment(msgspec.Struct, frozen=True):
    """The commitment `commitment_id`. `owner_id` None: the agent who asks keeps it, else who has the case."""

    case_id: UUID
    commitment_id: UUID
    text: str
    due_at: datetime
    owner_id: UUID | None = None


async def make_commitment(command: MakeCommitment, context: CommandContext, *, record: Record) -> Committed:
    """Put the promise on record. Outcome: `case_id`, `commitment_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND (case, owner), VERSION_CONFLICT, CUSTOMER_ERASED, CASE_RESOLVED, INVALID_INPUT
            (text empty, dueAt not ahead, nobody to keep it), TEXT_TOO_LONG.
    """
    require(context.actor, Permission.MAKE_COMMITMENT)
    text = checked_text(command.text, "text", length_max=NOTE_LENGTH_MAX)

    async def decide() -> Work:
        case = await find_case(record, command.case_id, "caseId")
        check_version(case, context)
        owner = await find_active_agent(record, _owner(command, context, case), "ownerId")
        commitments.make(
            case,
            commitment_id=command.commitment_id,
            owner_id=owner.id,
            text=text,
            due_at=command.due_at,
            at=context.at,
        )
        outcome = {"case_id": str(case.id), "commitment_id": str(command.commitment_id)}
        return Work(streams=(case,), outcome=outcome)

    return await record.transact(context, decide, serialise_on=(command.case_id,))


def _owner(command: MakeCommitment, context: CommandContext, case: Case) -> UUID:
    if command.owner_id is not None:
        return command.owner_id
    own = id_of("agent", context.actor.ref) if context.actor.kind is ActorKind.AGENT else None
    owner = own or case.assignee_id
    if owner is None:
        raise Refusal(RefusalCode.INVALID_INPUT, "say who is to keep it", "ownerId")
    return owner
