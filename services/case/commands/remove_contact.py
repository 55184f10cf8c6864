"""A sender took a contact back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.placing import with_facts
from services.case.commands.promoting import withholding
from services.case.domain.case import Case
from services.case.domain.changing_words import take_back
from services.case.domain.mention import Mention
from services.case.ports import Directory


class RemoveContact(msgspec.Struct, frozen=True):
    """The contact that is to be read no more."""

    contact_id: UUID
    removed_at: datetime


async def remove_contact(
    command: RemoveContact, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Record the removal on the contact's case, or on the mention. Outcome: empty."""

    async def decide() -> Work:
        known = await directory.find_contact(command.contact_id)
        if known is None:
            return await _mention_removed(command, context, record)
        case = await record.load(Case, known.case_id)
        if case is None:
            return Work()
        take_back(case, contact_id=known.contact_id, removed_at=command.removed_at, at=context.at)
        return Work(streams=with_facts(case))

    return await record.transact(context, decide)


async def _mention_removed(command: RemoveContact, context: CommandContext, record: Record) -> Work:
    mention = await record.load(Mention, command.contact_id)
    if mention is None:
        return Work()
    withheld = mention.remove(removed_at=command.removed_at, at=context.at)
    streams = with_facts(mention)
    return Work(streams=streams, rows=(withholding(mention, withheld),) if streams else ())
