"""Two customers are not one after all: each belongs again to whom it would belong without that."""

from __future__ import annotations

import msgspec

from contracts.case import CustomerUnmerged
from contracts.envelope import Message
from contracts.stored import CommandContext
from services.routing.commands.part_customers import PartCustomers, part_customers
from services.routing.ports import Floor, Record


async def part_customers_on_customer_unmerged(
    message: Message, context: CommandContext, *, record: Record, floor: Floor
) -> None:
    """Part them."""
    told = msgspec.json.decode(message.data, type=CustomerUnmerged)
    command = PartCustomers(told.merge_id, told.source_id, told.target_id)
    await part_customers(command, context, record=record, floor=floor)
