"""A contact has its place in a case: who was in touch is noted, and a case that nobody has is decided again."""

from __future__ import annotations

import msgspec

from contracts.case import ContactAttached
from contracts.envelope import Message
from contracts.stored import CommandContext
from contracts.vocabulary import Direction
from services.routing.commands.note_contact import NoteContact, note_contact
from services.routing.ports import Floor, Record
from services.routing.reactions.opening_contacts import OpeningContacts


async def note_contact_on_contact_attached(
    message: Message, context: CommandContext, *, record: Record, floor: Floor, opening: OpeningContacts
) -> None:
    """An outbound contact of an agent is an answer, and may make an owner.

    Of the customer's word that opened the case there is nothing to note, and the case is decided already.
    """
    told = msgspec.json.decode(message.data, type=ContactAttached)
    if opening.has_come(told.contact_id) and told.agent_ref is None and told.direction is Direction.INBOUND:
        return
    command = NoteContact(
        case_id=told.case_id,
        customer_id=told.customer_id,
        agent_ref=told.agent_ref,
        answer=told.direction is Direction.OUTBOUND,
    )
    await note_contact(command, context, record=record, floor=floor)
