"""A file that came with a contact is not kept."""

from __future__ import annotations

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.channels.domain.attachment import Attachment, AttachmentPlace, RefusedFile
from services.channels.domain.contact import Contact


class RefuseAttachment(msgspec.Struct, frozen=True):
    """The file, and why."""

    place: AttachmentPlace
    refused: RefusedFile


async def refuse_attachment(command: RefuseAttachment, context: CommandContext, *, record: Record) -> Committed:
    """Say so, once; of a contact that is closed nothing more is said. Outcome: empty."""
    place = command.place

    async def decide() -> Work:
        contact = await record.load(Contact, place.contact_id)
        if contact is None or contact.closed or await record.load(Attachment, place.attachment_id) is not None:
            return Work()
        return Work(streams=(Attachment.refuse(place, command.refused, at=context.at),))

    return await record.transact(context, decide, serialise_on=(place.contact_id,))
