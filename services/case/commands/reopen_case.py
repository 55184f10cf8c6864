"""An agent goes on with a matter that was resolved."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_case
from services.case.commands.versions import check_version
from services.case.domain import handling
from services.case.domain.permissions import Permission, require
from services.case.domain.texts import checked_note


class ReopenCase(msgspec.Struct, frozen=True):
    """`reason`: in words, for colleagues."""

    case_id: UUID
    reason: str | None = None


async def reopen_case(command: ReopenCase, context: CommandContext, *, record: Record) -> Committed:
    """Open it again, with whoever had it. Outcome: `case_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, VERSION_CONFLICT, CUSTOMER_ERASED, CASE_NOT_RESOLVED, TEXT_TOO_LONG,
            INVALID_INPUT (reason).
    """
    require(context.actor, Permission.HANDLE_CASE)
    reason = checked_note(command.reason, "reason")

    async def decide() -> Work:
        case = await find_case(record, command.case_id, "caseId")
        check_version(case, context)
        handling.reopen(case, reason=reason, at=context.at)
        return Work(streams=(case,), outcome={"case_id": str(case.id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))
