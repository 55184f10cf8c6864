"""An agent files a case under words."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_case
from services.case.commands.placing import with_facts
from services.case.commands.versions import check_version
from services.case.domain import handling
from services.case.domain.permissions import Permission, require


class SetTags(msgspec.Struct, frozen=True):
    """What is to be added and removed; what is so already is passed over."""

    case_id: UUID
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


async def set_tags(command: SetTags, context: CommandContext, *, record: Record) -> Committed:
    """Record the tags, where they are others than before; resolved cases' too. Outcome: `case_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, VERSION_CONFLICT, INVALID_INPUT (empty, both added and removed, too many),
            TEXT_TOO_LONG.
    """
    require(context.actor, Permission.HANDLE_CASE)

    async def decide() -> Work:
        case = await find_case(record, command.case_id, "caseId")
        check_version(case, context)
        handling.set_tags(case, add=command.add, remove=command.remove, at=context.at)
        return Work(streams=with_facts(case), outcome={"case_id": str(case.id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))
