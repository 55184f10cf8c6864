"""An agent says how soon a matter is."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Priority
from services.case.commands.finding import find_case
from services.case.commands.placing import with_facts
from services.case.commands.versions import check_version
from services.case.domain import handling
from services.case.domain.permissions import Permission, require
from services.case.domain.texts import NOTE_LENGTH_MAX, checked_text


class SetPriority(msgspec.Struct, frozen=True):
    """`reason`: the matter's, in words; how loud somebody is makes nothing sooner."""

    case_id: UUID
    priority: Priority
    reason: str


async def set_priority(command: SetPriority, context: CommandContext, *, record: Record) -> Committed:
    """Record it, where it is not so already. Outcome: `case_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, VERSION_CONFLICT, CUSTOMER_ERASED, CASE_RESOLVED, INVALID_INPUT (reason empty),
            TEXT_TOO_LONG.
    """
    require(context.actor, Permission.HANDLE_CASE)
    reason = checked_text(command.reason, "reason", length_max=NOTE_LENGTH_MAX)

    async def decide() -> Work:
        case = await find_case(record, command.case_id, "caseId")
        check_version(case, context)
        handling.set_priority(case, priority=command.priority, reason=reason, at=context.at)
        return Work(streams=with_facts(case), outcome={"case_id": str(case.id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))
