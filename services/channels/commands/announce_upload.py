"""The bytes of a file came that is to go along with a reply."""

from __future__ import annotations

from datetime import datetime

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.uploads import UploadTicket
from services.channels.domain.upload import Upload


class AnnounceUpload(msgspec.Struct, frozen=True):
    """The file, and until when it waits for a reply."""

    ticket: UploadTicket
    expires_at: datetime


async def announce_upload(command: AnnounceUpload, context: CommandContext, *, record: Record) -> Committed:
    """Say so, once. Outcome: empty."""

    async def decide() -> Work:
        if await record.load(Upload, command.ticket.attachment_id) is not None:
            return Work()
        return Work(streams=(Upload.announce(command.ticket, expires_at=command.expires_at, at=context.at),))

    return await record.transact(context, decide, serialise_on=(command.ticket.attachment_id,))
