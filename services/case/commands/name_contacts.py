"""A step of an approved erasure: channels is told which contacts to forget."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_erasure
from services.case.commands.placing import with_facts


class NameContacts(msgspec.Struct, frozen=True):
    """All contacts of the customer, read after the last of its cases was closed."""

    request_id: UUID
    contact_ids: tuple[UUID, ...]


async def name_contacts(command: NameContacts, context: CommandContext, *, record: Record) -> Committed:
    """Name them, once. Outcome: empty."""

    async def decide() -> Work:
        erasure = await find_erasure(record, command.request_id)
        erasure.name_contacts(command.contact_ids, at=context.at)
        return Work(streams=with_facts(erasure))

    return await record.transact(context, decide, serialise_on=(command.request_id,))
