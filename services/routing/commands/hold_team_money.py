"""Holds the money for a gesture that another person approved, on the account of the asking agent's team."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from contracts.stored import CommandContext, Committed, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.routing.commands.running_account import current_account
from services.routing.domain.agent import Agent, agent_id
from services.routing.domain.budget import Budget
from services.routing.domain.gesture_money import GestureMoney, gesture_money_id
from services.routing.domain.gesture_money_facts import MoneyState
from services.routing.domain.grant import grant_in
from services.routing.domain.team import Team, team_id
from services.routing.ports import Record


class HoldTeamMoney(msgspec.Struct, frozen=True):
    """Somebody approved that this agent gives so much, in minor units."""

    gesture_id: UUID
    case_id: UUID
    approval_id: UUID
    agent_ref: str
    approver_ref: str
    amount_minor: int
    currency: str


async def hold_team_money(
    command: HoldTeamMoney, context: CommandContext, *, record: Record, zone: ZoneInfo
) -> Committed:
    """Hold on the team account, within its item limit and remainder; else this approval is refused.

    SELF_APPROVAL: nobody approves an own gesture. OVER_OWN_LIMIT: above what the team's budget lets a lead approve.
    BUDGET_CLOSED: no team, or no team budget in that currency. NOT_AWAITING_APPROVAL: it is settled already.
    """

    async def decide() -> Work:
        money = await record.load(GestureMoney, gesture_money_id(command.gesture_id))
        if money is None:
            # The question itself got lost (a dead letter): the approval tells all of it again.
            asked = msgspec.structs.asdict(command)
            del asked["approval_id"], asked["approver_ref"]
            money = GestureMoney.ask(**asked, at=context.at)
        if money.answered(command.approval_id):
            return Work()
        try:
            account = await _held(money, command, context, record, zone)
        except Refusal as refusal:
            money.turn_down(approval_id=command.approval_id, code=refusal.code, at=context.at)
            return Work(streams=(money,))
        return Work(streams=(account, money))

    return await record.transact(context, decide, serialise_on=(gesture_money_id(command.gesture_id),))


async def _held(
    money: GestureMoney, command: HoldTeamMoney, context: CommandContext, record: Record, zone: ZoneInfo
) -> Budget:
    if command.approver_ref == money.agent_ref:
        raise Refusal(RefusalCode.SELF_APPROVAL, "another person has to approve this")
    if money.state not in (MoneyState.ASKED, MoneyState.AWAITING_APPROVAL):
        raise Refusal(RefusalCode.NOT_AWAITING_APPROVAL, f"the gesture's money is {money.state}")
    agent = await record.load(Agent, agent_id(money.agent_ref))
    team_ref = None if agent is None else agent.card.team_ref
    team = None if team_ref is None else await record.load(Team, team_id(team_ref))
    grant = None if team is None else grant_in(team.card.grants, money.currency)
    if team is None or grant is None:
        raise Refusal(RefusalCode.BUDGET_CLOSED, "no team budget can pay this")
    account = await current_account(record, team.owner, grant, context.at, zone)
    hold_id = money.hold_id_for(command.approval_id)
    account.place_hold(hold_id=hold_id, gesture_id=money.gesture_id, amount_minor=command.amount_minor, at=context.at)
    money.hold(
        account_id=account.id,
        hold_id=hold_id,
        amount_minor=command.amount_minor,
        approval_id=command.approval_id,
        at=context.at,
    )
    return account
