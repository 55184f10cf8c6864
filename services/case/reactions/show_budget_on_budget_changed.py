"""Routing says how a budget stands now."""

from __future__ import annotations

import msgspec

from contracts.envelope import Message
from contracts.routing import BudgetChanged
from contracts.stored import CommandContext, Record
from services.case.commands.note_budget import NoteBudget, note_budget
from services.case.domain.known_budget_facts import BudgetStanding


async def show_budget_on_budget_changed(message: Message, context: CommandContext, *, record: Record) -> None:
    """Put the standing on record, which shows it."""
    fact = msgspec.json.decode(message.data, type=BudgetChanged)
    standing = BudgetStanding(
        owner_kind=fact.owner_kind,
        owner_id=fact.owner_id,
        currency=fact.currency,
        period=fact.period,
        period_start=fact.period_start,
        period_end=fact.period_end,
        granted_minor=fact.granted_minor,
        reserved_minor=fact.reserved_minor,
        spent_minor=fact.spent_minor,
        item_limit_minor=fact.item_limit_minor,
        open=fact.open,
    )
    await note_budget(NoteBudget(fact.account_id, standing, fact.gesture_id), context, record=record)
