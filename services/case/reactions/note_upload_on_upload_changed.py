"""A file that was brought is kept, refused, quarantined or gone: show it so."""

from __future__ import annotations

import msgspec

from contracts.channels import UploadChanged
from contracts.envelope import Message
from contracts.stored import CommandContext, Record
from services.case.commands.note_upload import NoteUpload, note_upload
from services.case.domain.upload import UploadNews


async def note_upload_on_upload_changed(message: Message, context: CommandContext, *, record: Record) -> None:
    """Record how far it is."""
    fact = msgspec.json.decode(message.data, type=UploadChanged)
    news = UploadNews(state=fact.state, media_type=fact.media_type, size_bytes=fact.size_bytes, reason=fact.reason)
    await note_upload(NoteUpload(fact.attachment_id, news), context, record=record)
