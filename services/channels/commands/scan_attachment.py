"""The scanner looked into a file that was quarantined."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.channels.domain.attachment import Attachment


class ScanAttachment(msgspec.Struct, frozen=True):
    """The file, and whether anything was found in it."""

    attachment_id: UUID
    clean: bool


async def scan_attachment(command: ScanAttachment, context: CommandContext, *, record: Record) -> Committed:
    """Say what was found, once. Outcome: empty."""

    async def decide() -> Work:
        attachment = await record.load(Attachment, command.attachment_id)
        if attachment is None:
            return Work()
        attachment.scan(clean=command.clean, at=context.at)
        return Work(streams=(attachment,))

    return await record.transact(context, decide, serialise_on=(command.attachment_id,))
