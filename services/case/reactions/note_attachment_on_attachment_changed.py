"""A file that came with a contact is kept, refused or quarantined: show it so."""

from __future__ import annotations

import msgspec

from contracts.channels import AttachmentChanged
from contracts.envelope import Message
from contracts.stored import CommandContext, Record
from services.case.commands.note_attachment import NoteAttachment, note_attachment
from services.case.domain.case_contact import AttachmentNews
from services.case.ports import Directory


async def note_attachment_on_attachment_changed(
    message: Message, context: CommandContext, *, record: Record, directory: Directory
) -> None:
    """Record how far it is."""
    fact = msgspec.json.decode(message.data, type=AttachmentChanged)
    news = AttachmentNews(
        attachment_id=fact.attachment_id,
        contact_id=fact.contact_id,
        number=fact.number,
        state=fact.state,
        media_type=fact.media_type,
        size_bytes=fact.size_bytes,
        reason=fact.reason,
    )
    await note_attachment(NoteAttachment(news), context, record=record, directory=directory)
