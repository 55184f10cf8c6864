"""Holds the money for a gesture on the agent's own account, or says who or what stands in the way."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from contracts.stored import CommandContext, Committed, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.routing.commands.running_account import current_account
from services.routing.domain.agent import Agent, agent_id
from services.routing.domain.gesture_money import GestureMoney, gesture_money_id
from services.routing.domain.grant import grant_in
from services.routing.ports import Record


class HoldMoney(msgspec.Struct, frozen=True):
    """An agent wants to give so much, in minor units."""

    gesture_id: UUID
    case_id: UUID
    agent_ref: str
    amount_minor: int
    currency: str


async def hold_money(command: HoldMoney, context: CommandContext, *, record: Record, zone: ZoneInfo) -> Committed:
    """Hold within item limit and remainder; above them the gesture awaits approval and nothing is held.

    Without an account in that currency it is refused (CURRENCY_MISMATCH). Each gesture is answered once.
    """

    async def decide() -> Work:
        if await record.load(GestureMoney, gesture_money_id(command.gesture_id)) is not None:
            return Work()
        money = GestureMoney.ask(**msgspec.structs.asdict(command), at=context.at)
        return await _answered(money, context, record, zone)

    return await record.transact(
        context, decide, serialise_on=(agent_id(command.agent_ref), gesture_money_id(command.gesture_id))
    )


async def _answered(money: GestureMoney, context: CommandContext, record: Record, zone: ZoneInfo) -> Work:
    agent = await record.load(Agent, agent_id(money.agent_ref))
    grant = None if agent is None else grant_in(agent.card.grants, money.currency)
    if agent is None or grant is None:
        money.refuse(code=RefusalCode.CURRENCY_MISMATCH, at=context.at)
        return Work(streams=(money,))
    account = await current_account(record, agent.owner, grant, context.at, zone)
    hold_id = money.hold_id_for(None)
    try:
        account.place_hold(hold_id=hold_id, gesture_id=money.gesture_id, amount_minor=money.amount_minor, at=context.at)
    except Refusal as refusal:
        if refusal.code is RefusalCode.OVER_OWN_LIMIT:
            money.put_to_approval(account_id=account.id, at=context.at)
        else:
            money.refuse(code=refusal.code, at=context.at)
    else:
        money.hold(account_id=account.id, hold_id=hold_id, amount_minor=money.amount_minor, at=context.at)
    # The account first: whoever follows the log has the budget as it is when the answer arrives.
    return Work(streams=(*((account,) if account.pending_events else ()), money))
