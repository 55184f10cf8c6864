"""An agent writes down what colleagues need to know."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_case
from services.case.commands.versions import check_version
from services.case.domain.permissions import Permission, require
from services.case.domain.texts import checked_text


class AddNote(msgspec.Struct, frozen=True):
    """The note `note_id` on a case, resolved ones too."""

    case_id: UUID
    note_id: UUID
    text: str


async def add_note(command: AddNote, context: CommandContext, *, record: Record) -> Committed:
    """Put the note on the case's record. Outcome: `case_id`, `note_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, VERSION_CONFLICT, INVALID_INPUT (text empty), TEXT_TOO_LONG.
    """
    require(context.actor, Permission.ADD_NOTE)
    text = checked_text(command.text, "text")

    async def decide() -> Work:
        case = await find_case(record, command.case_id, "caseId")
        check_version(case, context)
        case.note(note_id=command.note_id, text=text, at=context.at)
        return Work(streams=(case,), outcome={"case_id": str(case.id), "note_id": str(command.note_id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))
