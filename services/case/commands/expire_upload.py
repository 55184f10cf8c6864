"""No answer took a file along in time."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Row, Work
from services.case.domain.upload import Upload


class ExpireUpload(msgspec.Struct, frozen=True):
    """The file, should its time have come."""

    attachment_id: UUID


async def expire_upload(command: ExpireUpload, context: CommandContext, *, record: Record) -> Committed:
    """End it, once, with its words. Outcome: empty."""

    async def decide() -> Work:
        upload = await record.load(Upload, command.attachment_id)
        withheld = () if upload is None else upload.expire(at=context.at)
        if upload is None or not withheld:
            return Work()
        return Work(streams=(upload,), rows=(Row("withhold_envelopes", (upload.id, list(withheld))),))

    return await record.transact(context, decide, serialise_on=(command.attachment_id,))
