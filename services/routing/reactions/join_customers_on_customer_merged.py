"""Two customers turned out to be one: who owns them together is settled."""

from __future__ import annotations

import msgspec

from contracts.case import CustomerMerged
from contracts.envelope import Message
from contracts.stored import CommandContext
from services.routing.commands.join_customers import JoinCustomers, join_customers
from services.routing.ports import Floor, Record


async def join_customers_on_customer_merged(
    message: Message, context: CommandContext, *, record: Record, floor: Floor
) -> None:
    """Join them."""
    told = msgspec.json.decode(message.data, type=CustomerMerged)
    command = JoinCustomers(told.merge_id, told.source_id, told.target_id)
    await join_customers(command, context, record=record, floor=floor)
