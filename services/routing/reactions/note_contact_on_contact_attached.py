"""A contact has its place in a case: who was in touch is noted, and a case that nobody has is decided again."""

from __future__ import annotations

import msgspec

from contracts.case import ContactAttached
from contracts.envelope import Message
from contracts.stored import CommandContext
from contracts.vocabulary import Direction
from services.routing.commands.note_contact import NoteContact, note_contact
from services.routing.ports import Floor, Record


async def note_contact_on_contact_attached(
    message: Message, context: CommandContext, *, record: Record, floor: Floor
) -> None:
    """An outbound contact of an agent is an answer, and may make an owner."""
    told = msgspec.json.decode(message.data, type=ContactAttached)
    command = NoteContact(
        case_id=told.case_id,
        customer_id=told.customer_id,
        agent_ref=told.agent_ref,
        answer=told.direction is Direction.OUTBOUND,
    )
    await note_contact(command, context, record=record, floor=floor)
