"""A contact that came in is redacted."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Row, Work
from services.channels.domain.contact import Contact


class RedactContact(msgspec.Struct, frozen=True):
    """The contact as the case service names it."""

    contact_id: UUID


async def redact_contact(command: RedactContact, context: CommandContext, *, record: Record) -> Committed:
    """Withhold what it says, once: its envelopes go with the fact that says so. Outcome: empty."""

    async def decide() -> Work:
        contact = await record.load(Contact, command.contact_id)
        withheld = () if contact is None else contact.redact(at=context.at)
        if contact is None or not withheld:
            return Work()
        return Work(streams=(contact,), rows=(Row("withhold_envelopes", (contact.id, list(withheld))),))

    return await record.transact(context, decide, serialise_on=(command.contact_id,))
