"""Somebody put an emoji on a contact of either side, or took it off."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.placing import with_facts
from services.case.domain.case import Case
from services.case.domain.reacting import react
from services.case.ports import Directory


class ReactToContact(msgspec.Struct, frozen=True):
    """The emoji that is on the contact since then; None: none is."""

    contact_id: UUID
    reacted_at: datetime
    emoji: str | None


async def react_to_contact(
    command: ReactToContact, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Record it on the contact's case; of a contact that is on none it is nothing. Outcome: empty."""

    async def decide() -> Work:
        known = await directory.find_contact(command.contact_id)
        case = None if known is None else await record.load(Case, known.case_id)
        if known is None or case is None:
            return Work()
        react(case, contact_id=known.contact_id, emoji=command.emoji, reacted_at=command.reacted_at, at=context.at)
        return Work(streams=with_facts(case))

    return await record.transact(context, decide)
