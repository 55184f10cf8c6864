"""A file that was brought is kept, or is not."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import AttachmentState
from services.channels.domain.attachment import KeptFile, RefusedFile
from services.channels.domain.upload import Upload


class ConcludeUpload(msgspec.Struct, frozen=True):
    """The file, and what became of it. `quarantined`: nobody gets it before it was scanned."""

    attachment_id: UUID
    found: KeptFile | RefusedFile
    quarantined: bool


async def conclude_upload(command: ConcludeUpload, context: CommandContext, *, record: Record) -> Committed:
    """Say so, once. Outcome: `wanted`, False where it was taken away meanwhile: then its bytes must go."""

    async def decide() -> Work:
        upload = await record.load(Upload, command.attachment_id)
        if upload is None:
            return Work(outcome={"wanted": False})
        upload.conclude(command.found, quarantined=command.quarantined, at=context.at)
        return Work(streams=(upload,), outcome={"wanted": upload.state is not AttachmentState.REMOVED})

    return await record.transact(context, decide, serialise_on=(command.attachment_id,))
