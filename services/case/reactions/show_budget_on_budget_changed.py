"""Routing says how a budget stands now.

A budget changes twice for a gesture: when its money is held, and when the hold is taken as spent. The hold's news
stands in routing's log before the HoldPlaced that makes the gesture GIVEN here, and routing spends it only after it
heard of that. So news of a budget for a gesture that is GIVEN already is the news that it was spent.
"""

from __future__ import annotations

import msgspec

from contracts.envelope import Message
from contracts.routing import BudgetChanged
from contracts.stored import CommandContext, Record, Row
from services.case.reactions.showing import show


async def show_budget_on_budget_changed(message: Message, context: CommandContext, *, record: Record) -> None:
    """Write the budget's row, and that the gesture is captured where this says so."""
    fact = msgspec.json.decode(message.data, type=BudgetChanged)
    budget = Row(
        "upsert_budget",
        (
            fact.account_id,
            fact.owner_kind,
            fact.owner_id,
            fact.currency,
            fact.period,
            fact.period_start,
            fact.period_end,
            fact.granted_minor,
            fact.reserved_minor,
            fact.spent_minor,
            fact.item_limit_minor,
            fact.open,
        ),
    )
    captured = () if fact.gesture_id is None else (Row("capture_gesture", (fact.gesture_id,)),)
    await show(context, record, budget, *captured)
