"""A sender changed the words of a contact."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.content import EditContent
from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.placing import with_facts
from services.case.domain.case import Case
from services.case.ports import Directory


class EditContact(msgspec.Struct, frozen=True):
    """The new words; None: their key is gone already."""

    contact_id: UUID
    edited_at: datetime
    content: EditContent | None


async def edit_contact(
    command: EditContact, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Record the edit on the contact's case. An edit of a contact nobody knows is nothing. Outcome: empty."""

    async def decide() -> Work:
        known = await directory.find_contact(command.contact_id)
        case = None if known is None else await record.load(Case, known.case_id)
        if known is None or case is None:
            return Work()
        case.edit_contact(
            contact_id=known.contact_id, edited_at=command.edited_at, content=command.content, at=context.at
        )
        return Work(streams=with_facts(case))

    return await record.transact(context, decide)
