"""Holds the money for a gesture on the agent's own account, or says who or what stands in the way."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Work
from contracts.vocabulary import GestureKind, Refusal, RefusalCode
from services.routing.commands.placing_hold import money_of_case, place
from services.routing.commands.running_account import current_account, team_grant
from services.routing.domain.agent import Agent, agent_id
from services.routing.domain.calendar import Calendar
from services.routing.domain.case_money import case_money_id
from services.routing.domain.gesture_money import GestureMoney, gesture_money_id
from services.routing.domain.grant import grant_in
from services.routing.domain.money_rules import NO_RULES, MoneyRules
from services.routing.ports import Record


class HoldMoney(msgspec.Struct, frozen=True):
    """An agent wants to give so much, in minor units, of that kind."""

    gesture_id: UUID
    case_id: UUID
    agent_ref: str
    amount_minor: int
    currency: str
    kind: GestureKind | None = None


async def hold_money(
    command: HoldMoney, context: CommandContext, *, record: Record, calendar: Calendar, rules: MoneyRules = NO_RULES
) -> Committed:
    """Hold within item limit and remainder; above them the gesture awaits approval and nothing is held.

    Without an account in that currency it is refused (CURRENCY_MISMATCH), and so it is where the case would cost more
    than a case may (OVER_CASE_CAP). Each gesture is answered once.
    """

    async def decide() -> Work:
        if await record.load(GestureMoney, gesture_money_id(command.gesture_id)) is not None:
            return Work()
        asked = msgspec.structs.asdict(command)
        del asked["kind"]
        money = GestureMoney.ask(**asked, at=context.at)
        return await _answered(money, command.kind, context, record=record, calendar=calendar, rules=rules)

    on = (agent_id(command.agent_ref), case_money_id(command.case_id, command.currency))
    return await record.transact(context, decide, serialise_on=(*on, gesture_money_id(command.gesture_id)))


async def _answered(
    money: GestureMoney,
    kind: GestureKind | None,
    context: CommandContext,
    *,
    record: Record,
    calendar: Calendar,
    rules: MoneyRules,
) -> Work:
    agent = await record.load(Agent, agent_id(money.agent_ref))
    grant = None if agent is None else grant_in(agent.card.grants, money.currency)
    if agent is None or grant is None:
        money.refuse(code=RefusalCode.CURRENCY_MISMATCH, at=context.at)
        return Work(streams=(money,))
    account = await current_account(record, agent.owner, grant, context.at, calendar)
    of_case = await money_of_case(money, context, record)
    try:
        streams = place(
            money,
            account,
            of_case,
            amount_minor=money.amount_minor,
            kind=kind,
            approval_id=None,
            rules=rules,
            context=context,
        )
    except Refusal as refusal:
        if refusal.code is RefusalCode.OVER_OWN_LIMIT:
            team = await team_grant(record, agent, money.currency)
            above = None if team is None else team[1].two_approvers_above_minor
            money.put_to_approval(account_id=account.id, two_approvers_above_minor=above, at=context.at)
        else:
            money.refuse(code=refusal.code, at=context.at)
        streams = (*((account,) if account.pending_events else ()), money)
    return Work(streams=streams)
