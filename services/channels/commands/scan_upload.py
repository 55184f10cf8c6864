"""The scanner looked into a file that was brought."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.channels.domain.upload import Upload


class ScanUpload(msgspec.Struct, frozen=True):
    """The file, and whether nothing was found in it."""

    attachment_id: UUID
    clean: bool


async def scan_upload(command: ScanUpload, context: CommandContext, *, record: Record) -> Committed:
    """Say what was found, once. Outcome: empty."""

    async def decide() -> Work:
        upload = await record.load(Upload, command.attachment_id)
        if upload is None:
            return Work()
        upload.scan(clean=command.clean, at=context.at)
        return Work(streams=(upload,))

    return await record.transact(context, decide, serialise_on=(command.attachment_id,))
