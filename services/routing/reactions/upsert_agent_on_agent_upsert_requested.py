"""A lead sets up or changes an agent."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from contracts.case import AgentUpsertRequested, BudgetGrant
from contracts.envelope import Message
from contracts.stored import CommandContext
from contracts.vocabulary import Refusal
from services.routing.commands.refuse_request import refuse_request
from services.routing.commands.upsert_agent import UpsertAgent, upsert_agent
from services.routing.domain.agent import AgentChange
from services.routing.domain.calendar import Calendar
from services.routing.domain.grant import Grant
from services.routing.ports import Record


async def upsert_agent_on_agent_upsert_requested(
    message: Message, context: CommandContext, *, record: Record, calendar: Calendar, wake: Callable[[], None]
) -> None:
    """Do it or say why not; then cases that wait for somebody are looked at again (`wake`)."""
    told = msgspec.json.decode(message.data, type=AgentUpsertRequested)
    command = UpsertAgent(
        request_id=told.request_id, ref=told.ref, requested_by=told.requested_by, change=_change(told)
    )
    try:
        await upsert_agent(command, context, record=record, calendar=calendar)
    except Refusal as refusal:
        await refuse_request(told.request_id, refusal, context, record=record)
    wake()


def _change(told: AgentUpsertRequested) -> AgentChange:
    return AgentChange(
        display_name=told.display_name,
        email=msgspec.UNSET if told.email is None else told.email,
        languages=told.languages,
        skills=told.skills,
        capacity_units=told.capacity_units,
        grants=None if told.budgets is None else tuple(_grant(budget) for budget in told.budgets),
    )


def _grant(budget: BudgetGrant) -> Grant:
    limit = budget.amount_minor if budget.item_limit_minor is None else budget.item_limit_minor
    return Grant(
        currency=budget.currency, amount_minor=budget.amount_minor, period=budget.period, item_limit_minor=limit
    )
