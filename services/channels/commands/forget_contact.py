"""A contact that came in, or a reply that went out, is forgotten."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.channels.domain.contact import Contact
from services.channels.domain.delivery import Delivery


class ForgetContact(msgspec.Struct, frozen=True):
    """The contact as the case service names it. `went_out`: it is a reply of ours."""

    contact_id: UUID
    went_out: bool


async def forget_contact(command: ForgetContact, context: CommandContext, *, record: Record) -> Committed:
    """Close its stream to everything personal, once, so that its keys can go. Outcome: empty."""

    async def decide() -> Work:
        kind: type[Contact | Delivery] = Delivery if command.went_out else Contact
        contact = await record.load(kind, command.contact_id)
        if contact is None or contact.forgotten:
            return Work()
        contact.forget(at=context.at)
        return Work(streams=(contact,))

    return await record.transact(context, decide, serialise_on=(command.contact_id,))
