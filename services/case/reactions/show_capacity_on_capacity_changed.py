"""Routing says that there is too much for those on duty, or no longer."""

from __future__ import annotations

import msgspec

from contracts.envelope import Message
from contracts.routing import CapacityChanged
from contracts.stored import CommandContext, Record
from services.case.commands.note_capacity import NoteCapacity, note_capacity
from services.case.domain.known_capacity import CapacityStanding


async def show_capacity_on_capacity_changed(message: Message, context: CommandContext, *, record: Record) -> None:
    """Put it on record, which shows it to those who lead."""
    told = msgspec.json.decode(message.data, type=CapacityChanged)
    standing = CapacityStanding(told.short, told.offered_load, told.cases, told.rostered_s)
    await note_capacity(NoteCapacity(standing), context, record=record)
