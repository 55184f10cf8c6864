"""A sender changed the words of a contact."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.content import EditContent
from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.editing import edited_on_its_case
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
        edit = (command.contact_id, command.edited_at, command.content)
        return await edited_on_its_case(*edit, at=context.at, record=record, directory=directory) or Work()

    return await record.transact(context, decide)
