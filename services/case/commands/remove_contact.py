"""A sender took a contact back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.placing import with_facts
from services.case.domain.case import Case
from services.case.ports import Directory


class RemoveContact(msgspec.Struct, frozen=True):
    """The contact that is to be read no more."""

    contact_id: UUID
    removed_at: datetime


async def remove_contact(
    command: RemoveContact, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Record the removal on the contact's case. Outcome: empty."""

    async def decide() -> Work:
        known = await directory.find_contact(command.contact_id)
        case = None if known is None else await record.load(Case, known.case_id)
        if known is None or case is None:
            return Work()
        case.remove_contact(contact_id=known.contact_id, removed_at=command.removed_at, at=context.at)
        return Work(streams=with_facts(case))

    return await record.transact(context, decide)
