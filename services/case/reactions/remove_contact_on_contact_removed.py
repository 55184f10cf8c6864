"""A sender took a contact back on the channel: show it no more."""

from __future__ import annotations

import msgspec

from contracts.channels import ContactRemoved
from contracts.envelope import Message
from contracts.stored import CommandContext, Record
from services.case.commands.remove_contact import RemoveContact, remove_contact
from services.case.ports import Directory


async def remove_contact_on_contact_removed(
    message: Message, context: CommandContext, *, record: Record, directory: Directory
) -> None:
    """Record the removal."""
    fact = msgspec.json.decode(message.data, type=ContactRemoved)
    command = RemoveContact(contact_id=fact.contact_id, removed_at=fact.occurred_at)
    await remove_contact(command, context, record=record, directory=directory)
