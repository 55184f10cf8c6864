"""Another person approved a gesture: the money is held on the account of the asking agent's team."""

from __future__ import annotations

import msgspec

from contracts.case import GestureApproved
from contracts.envelope import Message
from contracts.stored import CommandContext
from services.routing.commands.hold_team_money import HoldTeamMoney, hold_team_money
from services.routing.domain.calendar import Calendar
from services.routing.domain.money_rules import MoneyRules
from services.routing.ports import Record


async def hold_team_money_on_gesture_approved(
    message: Message, context: CommandContext, *, record: Record, calendar: Calendar, rules: MoneyRules
) -> None:
    """Hold it, or refuse this approval."""
    told = msgspec.json.decode(message.data, type=GestureApproved)
    command = HoldTeamMoney(
        gesture_id=told.gesture_id,
        case_id=told.case_id,
        approval_id=told.approval_id,
        agent_ref=told.agent_ref,
        approver_ref=told.approver_ref,
        amount_minor=told.amount_minor,
        currency=told.currency,
        kind=told.kind,
        first_approver_ref=told.first_approver_ref,
    )
    await hold_team_money(command, context, record=record, calendar=calendar, rules=rules)
