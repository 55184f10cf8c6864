"""The front door says how far a file is that is to go along with an answer."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.placing import with_facts
from services.case.domain.upload import Upload, UploadNews


class NoteUpload(msgspec.Struct, frozen=True):
    """Of which file, and what it says."""

    attachment_id: UUID
    news: UploadNews


async def note_upload(command: NoteUpload, context: CommandContext, *, record: Record) -> Committed:
    """Record it. Of a file that nobody asked for it is nothing. Outcome: empty."""

    async def decide() -> Work:
        upload = await record.load(Upload, command.attachment_id)
        if upload is None:
            return Work()
        upload.note(command.news, at=context.at)
        return Work(streams=with_facts(upload))

    return await record.transact(context, decide)
