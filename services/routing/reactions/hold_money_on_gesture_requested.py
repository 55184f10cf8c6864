"""An agent gives the customer something: the money is held on the agent's own account."""

from __future__ import annotations

import msgspec

from contracts.case import GestureRequested
from contracts.envelope import Message
from contracts.stored import CommandContext
from services.routing.commands.hold_money import HoldMoney, hold_money
from services.routing.domain.calendar import Calendar
from services.routing.domain.money_rules import MoneyRules
from services.routing.ports import Record


async def hold_money_on_gesture_requested(
    message: Message, context: CommandContext, *, record: Record, calendar: Calendar, rules: MoneyRules
) -> None:
    """Hold it, put it to approval, or refuse it."""
    told = msgspec.json.decode(message.data, type=GestureRequested)
    command = HoldMoney(
        gesture_id=told.gesture_id,
        case_id=told.case_id,
        agent_ref=told.agent_ref,
        amount_minor=told.amount_minor,
        currency=told.currency,
        kind=told.kind,
    )
    await hold_money(command, context, record=record, calendar=calendar, rules=rules)
