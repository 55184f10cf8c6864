"""The front door says how far a file is that came with a contact."""

from __future__ import annotations

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.placing import with_facts
from services.case.domain.attachments import note_attachment as noted
from services.case.domain.case import Case
from services.case.domain.case_contact import AttachmentNews
from services.case.ports import Directory


class NoteAttachment(msgspec.Struct, frozen=True):
    """What it says."""

    news: AttachmentNews


async def note_attachment(
    command: NoteAttachment, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Record it on the contact's case. Of a contact nobody knows it is nothing. Outcome: empty."""

    async def decide() -> Work:
        known = await directory.find_contact(command.news.contact_id)
        case = None if known is None else await record.load(Case, known.case_id)
        if case is None:
            return Work()
        noted(case, command.news, at=context.at)
        return Work(streams=with_facts(case))

    return await record.transact(context, decide)
