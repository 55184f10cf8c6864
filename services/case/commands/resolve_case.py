"""An agent says that the matter is settled."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import ResolutionOutcome
from services.case.commands.checking import check_cause
from services.case.commands.finding import find_case
from services.case.commands.versions import check_version
from services.case.domain import complaints
from services.case.domain.permissions import Permission, require
from services.case.domain.policy import CasePolicy


class ResolveCase(msgspec.Struct, frozen=True):
    """How it ended (SOLVED where nothing is said) and the code of its cause."""

    case_id: UUID
    outcome: ResolutionOutcome | None = None
    cause: str | None = None


async def resolve_case(
    command: ResolveCase, context: CommandContext, *, record: Record, policy: CasePolicy
) -> Committed:
    """Resolve the case; where a complaint goes without an answer, that is on record. Outcome: `case_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, VERSION_CONFLICT, CASE_RESOLVED, INVALID_INPUT (cause unknown).
    """
    require(context.actor, Permission.RESOLVE_CASE)
    check_cause(command.cause, policy)

    async def decide() -> Work:
        case = await find_case(record, command.case_id, "caseId")
        check_version(case, context)
        outcome = command.outcome or ResolutionOutcome.SOLVED
        case.resolve(outcome=outcome, cause=command.cause, at=context.at)
        complaints.close(case, outcome, context.at)
        return Work(streams=(case,), outcome={"case_id": str(case.id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))
