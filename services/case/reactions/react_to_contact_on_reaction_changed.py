"""An emoji was put on a contact on its channel, or taken off: so it is on its case."""

from __future__ import annotations

import msgspec

from contracts.channels import ReactionChanged
from contracts.envelope import Message
from contracts.stored import CommandContext, Record
from services.case.commands.react_to_contact import ReactToContact, react_to_contact
from services.case.ports import Directory


async def react_to_contact_on_reaction_changed(
    message: Message, context: CommandContext, *, record: Record, directory: Directory
) -> None:
    """Record the change."""
    fact = msgspec.json.decode(message.data, type=ReactionChanged)
    command = ReactToContact(contact_id=fact.contact_id, reacted_at=fact.occurred_at, emoji=fact.emoji or None)
    await react_to_contact(command, context, record=record, directory=directory)
