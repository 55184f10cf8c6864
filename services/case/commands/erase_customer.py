"""The first step of an approved erasure: nobody learns anything more of the customer."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_customer, find_erasure
from services.case.commands.placing import with_facts


class EraseCustomer(msgspec.Struct, frozen=True):
    """Begin to carry out the request of that id."""

    request_id: UUID


async def erase_customer(command: EraseCustomer, context: CommandContext, *, record: Record) -> Committed:
    """Close the customer's stream, once; whoever holds an address of theirs from then on is somebody new.

    A restriction that was placed after the approval still stops it here, and nowhere later. Outcome: `erased`.
    """

    async def decide() -> Work:
        erasure = await find_erasure(record, command.request_id)
        customer = await find_customer(record, erasure.customer_id)
        if not customer.erased and customer.blocked_by(context.at):
            return Work(outcome={"erased": False})
        customer.erase(request_id=erasure.id, at=context.at)
        return Work(streams=with_facts(customer), outcome={"erased": True})

    return await record.transact(context, decide)
