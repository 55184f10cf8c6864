"""An agent says that somebody else is to move in a case, or that it is to rest until a date."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import WaitingFor
from services.case.commands.finding import find_case
from services.case.commands.placing import with_facts
from services.case.commands.versions import check_version
from services.case.domain import handling
from services.case.domain.permissions import Permission, require
from services.case.domain.texts import checked_note


class WaitCase(msgspec.Struct, frozen=True):
    """`until`: the case goes on by itself then. `note`: for colleagues, written down as the note `note_id`."""

    case_id: UUID
    waiting_for: WaitingFor
    note_id: UUID
    until: datetime | None = None
    note: str | None = None


async def wait_case(command: WaitCase, context: CommandContext, *, record: Record) -> Committed:
    """Let the case wait. Outcome: `case_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, VERSION_CONFLICT, CASE_RESOLVED, INVALID_INPUT (until), TEXT_TOO_LONG,
            CUSTOMER_ERASED (with a note).
    """
    require(context.actor, Permission.HANDLE_CASE)
    note = checked_note(command.note, "note")

    async def decide() -> Work:
        case = await find_case(record, command.case_id, "caseId")
        check_version(case, context)
        handling.wait(case, waiting_for=command.waiting_for, until=command.until, at=context.at)
        if note is not None:
            case.note(note_id=command.note_id, text=note, at=context.at)
        return Work(streams=with_facts(case), outcome={"case_id": str(case.id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))
