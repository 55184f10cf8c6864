"""Routing says who owns a customer now."""

from __future__ import annotations

import msgspec

from contracts.envelope import Message
from contracts.routing import DuoChanged
from contracts.stored import CommandContext, Record, Row
from services.case.reactions.showing import show


async def show_duo_on_duo_changed(message: Message, context: CommandContext, *, record: Record) -> None:
    """Write it on the customer's row."""
    fact = msgspec.json.decode(message.data, type=DuoChanged)
    await show(context, record, Row("set_duo", (fact.customer_id, fact.owner_id, fact.partner_id)))
