"""Frees money that was set aside for a gesture which nobody gave in time, nor took back."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Work
from services.routing.commands.placing_hold import money_of_case
from services.routing.domain.budget import Budget
from services.routing.domain.budget_facts import HoldState
from services.routing.domain.gesture_money import GestureMoney, gesture_money_id
from services.routing.ports import Record


class ExpireHold(msgspec.Struct, frozen=True):
    """The hold of that gesture, on the account where it was placed."""

    gesture_id: UUID


async def expire_hold(command: ExpireHold, context: CommandContext, *, record: Record) -> Committed:
    """Expire it, and let it count no more in what its case costs; before its time, or once it is settled: nothing.

    A hold placed later on the same account may have expired it already; its case is told of it here all the same.
    """

    async def decide() -> Work:
        money = await record.load(GestureMoney, gesture_money_id(command.gesture_id))
        if money is None or money.account_id is None or money.hold_id is None:
            return Work()
        account = await record.load(Budget, money.account_id)
        if account is None:
            return Work()
        account.expire_holds(at=context.at)
        of_case = await money_of_case(money, context, record)
        if account.holds[money.hold_id].state is HoldState.EXPIRED:
            of_case.count(hold_id=money.hold_id, amount_minor=0, at=context.at)
        return Work(streams=tuple(stream for stream in (account, of_case) if stream.pending_events))

    return await record.transact(context, decide, serialise_on=(gesture_money_id(command.gesture_id),))
