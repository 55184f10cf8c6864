"""Holds the money for a gesture that another person approved, on the account of the asking agent's team."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Stream, Work
from contracts.vocabulary import GestureKind, Refusal, RefusalCode
from services.routing.commands.placing_hold import money_of_case, place
from services.routing.commands.running_account import current_account, team_grant
from services.routing.domain.agent import Agent, agent_id
from services.routing.domain.calendar import Calendar
from services.routing.domain.case_money import case_money_id
from services.routing.domain.gesture_money import GestureMoney, gesture_money_id
from services.routing.domain.gesture_money_facts import MoneyState
from services.routing.domain.money_rules import NO_RULES, MoneyRules
from services.routing.ports import Record


class HoldTeamMoney(msgspec.Struct, frozen=True):
    """Somebody approved that this agent gives so much, in minor units. `first_approver_ref`: who did so before."""

    gesture_id: UUID
    case_id: UUID
    approval_id: UUID
    agent_ref: str
    approver_ref: str
    amount_minor: int
    currency: str
    kind: GestureKind | None = None
    first_approver_ref: str | None = None


async def hold_team_money(
    command: HoldTeamMoney,
    context: CommandContext,
    *,
    record: Record,
    calendar: Calendar,
    rules: MoneyRules = NO_RULES,
) -> Committed:
    """Hold on the team account, within its item limit and remainder; else this approval is refused.

    SELF_APPROVAL: nobody approves an own gesture, nor is one person two. OVER_OWN_LIMIT: above what the team's budget
    lets a lead approve, or lets one alone. BUDGET_CLOSED: no team, or no team budget in that currency. OVER_CASE_CAP:
    the case would cost more than a case may. NOT_AWAITING_APPROVAL: it is settled already.
    """

    async def decide() -> Work:
        money = await record.load(GestureMoney, gesture_money_id(command.gesture_id))
        if money is None:
            # The question itself got lost (a dead letter): the approval tells all of it again.
            asked = msgspec.structs.asdict(command)
            for name in ("approval_id", "approver_ref", "first_approver_ref", "kind"):
                del asked[name]
            money = GestureMoney.ask(**asked, at=context.at)
        if money.answered(command.approval_id):
            return Work()
        try:
            streams = await _held(money, command, context, record=record, calendar=calendar, rules=rules)
        except Refusal as refusal:
            money.turn_down(approval_id=command.approval_id, code=refusal.code, at=context.at)
            streams = (money,)
        return Work(streams=streams)

    on = (gesture_money_id(command.gesture_id), case_money_id(command.case_id, command.currency))
    return await record.transact(context, decide, serialise_on=on)


async def _held(
    money: GestureMoney,
    command: HoldTeamMoney,
    context: CommandContext,
    *,
    record: Record,
    calendar: Calendar,
    rules: MoneyRules,
) -> tuple[Stream, ...]:
    if money.agent_ref in (command.approver_ref, command.first_approver_ref):
        raise Refusal(RefusalCode.SELF_APPROVAL, "another person has to approve this")
    if money.state not in (MoneyState.ASKED, MoneyState.AWAITING_APPROVAL):
        raise Refusal(RefusalCode.NOT_AWAITING_APPROVAL, f"the gesture's money is {money.state}")
    agent = await record.load(Agent, agent_id(money.agent_ref))
    found = None if agent is None else await team_grant(record, agent, money.currency)
    if found is None:
        raise Refusal(RefusalCode.BUDGET_CLOSED, "no team budget can pay this")
    owner, grant = found
    known = money.state is MoneyState.AWAITING_APPROVAL
    _check_approvers(command, money.two_approvers_above_minor if known else grant.two_approvers_above_minor)
    return place(
        money,
        await current_account(record, owner, grant, context.at, calendar),
        await money_of_case(money, context, record),
        amount_minor=command.amount_minor,
        kind=command.kind,
        approval_id=command.approval_id,
        rules=rules,
        context=context,
    )


def _check_approvers(command: HoldTeamMoney, two_above_minor: int | None) -> None:
    if two_above_minor is None or command.amount_minor <= two_above_minor:
        return
    if command.first_approver_ref is None:
        raise Refusal(RefusalCode.OVER_OWN_LIMIT, "above what one person approves alone")
    if command.first_approver_ref == command.approver_ref:
        raise Refusal(RefusalCode.SELF_APPROVAL, "two people approve this, not one twice")
