"""Somebody at the desk keeps an agent from handling a customer, or takes that back."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import ExclusionReason
from services.case.commands.finding import find_active_agent, find_customer
from services.case.domain.permissions import Permission, require


class ExcludeAgent(msgspec.Struct, frozen=True):
    """The agent is not to handle the customer, or (`excluded` False) may again."""

    customer_id: UUID
    agent_id: UUID
    reason: ExclusionReason = ExclusionReason.CUSTOMER_REFUSES
    excluded: bool = True


async def exclude_agent(command: ExcludeAgent, context: CommandContext, *, record: Record) -> Committed:
    """Put it on record; routing gives the customer's open cases to others. Outcome: `customer_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, CUSTOMER_ERASED, INVALID_INPUT (too many).
    """
    require(context.actor, Permission.EXCLUDE_AGENT)

    async def decide() -> Work:
        customer = await find_customer(record, command.customer_id, "customerId")
        customer.check_not_erased("customerId")
        if command.excluded:
            await find_active_agent(record, command.agent_id, "agentId")
            customer.exclude(agent_id=command.agent_id, reason=command.reason, at=context.at)
        else:
            customer.readmit(agent_id=command.agent_id, at=context.at)
        outcome = {"customer_id": str(customer.id)}
        return Work(streams=(customer,) if customer.pending_events else (), outcome=outcome)

    return await record.transact(context, decide, serialise_on=(command.customer_id,))
