"""A file that was brought has gone along with no reply for too long."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.channels.domain.upload import Upload


class ExpireUpload(msgspec.Struct, frozen=True):
    """The file."""

    attachment_id: UUID


async def expire_upload(command: ExpireUpload, context: CommandContext, *, record: Record) -> Committed:
    """End it, once; one that a reply has stays. Outcome: empty."""

    async def decide() -> Work:
        upload = await record.load(Upload, command.attachment_id)
        if upload is None:
            return Work()
        upload.expire(at=context.at)
        return Work(streams=(upload,))

    return await record.transact(context, decide, serialise_on=(command.attachment_id,))
