"""An agent answers a customer: the first who does owns the customer from then on."""

from __future__ import annotations

import msgspec

from contracts.case import ReplyRequested
from contracts.envelope import Message
from contracts.stored import CommandContext
from services.routing.commands.note_contact import NoteContact, note_contact
from services.routing.ports import Floor, Record


async def set_owner_on_reply_requested(
    message: Message, context: CommandContext, *, record: Record, floor: Floor
) -> None:
    """Note the answer."""
    told = msgspec.json.decode(message.data, type=ReplyRequested)
    command = NoteContact(case_id=told.case_id, customer_id=told.customer_id, agent_ref=told.agent_ref, answer=True)
    await note_contact(command, context, record=record, floor=floor)
