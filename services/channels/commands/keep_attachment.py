"""A file that came with a contact lies in the object store."""

from __future__ import annotations

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.channels.domain.attachment import Attachment, AttachmentPlace, KeptFile
from services.channels.domain.contact import Contact


class KeepAttachment(msgspec.Struct, frozen=True):
    """The file. `quarantined`: nobody gets it before it was scanned."""

    place: AttachmentPlace
    kept: KeptFile
    quarantined: bool


async def keep_attachment(command: KeepAttachment, context: CommandContext, *, record: Record) -> Committed:
    """Say so, once. Outcome: `wanted`, False where its contact was closed meanwhile: then its bytes must go."""
    place = command.place

    async def decide() -> Work:
        contact = await record.load(Contact, place.contact_id)
        if contact is None or contact.closed:
            return Work(outcome={"wanted": False})
        if await record.load(Attachment, place.attachment_id) is not None:
            return Work(outcome={"wanted": True})
        attachment = Attachment.store(place, command.kept, quarantined=command.quarantined, at=context.at)
        return Work(streams=(attachment,), outcome={"wanted": True})

    return await record.transact(context, decide, serialise_on=(place.contact_id,))
