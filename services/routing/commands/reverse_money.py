"""Takes back what was given: the money of a payout that came back to us."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.routing.commands.placing_hold import money_of_case
from services.routing.domain.budget import Budget
from services.routing.domain.gesture_money import GestureMoney, gesture_money_id
from services.routing.ports import Record


class ReverseMoney(msgspec.Struct, frozen=True):
    """So much of a gesture came back, in minor units; the `reversal_id` makes it count once."""

    gesture_id: UUID
    reversal_id: UUID
    amount_minor: int


async def reverse_money(command: ReverseMoney, context: CommandContext, *, record: Record) -> Committed:
    """Return it to the account it came from, where it can be spent again as long as that is open.

    Raises:
        Refusal: NOT_FOUND where nothing was held for the gesture; INVALID_INPUT beyond what was given.
    """

    async def decide() -> Work:
        money = await record.load(GestureMoney, gesture_money_id(command.gesture_id))
        account = None if money is None or money.account_id is None else await record.load(Budget, money.account_id)
        if money is None or money.hold_id is None or account is None:
            raise Refusal(RefusalCode.NOT_FOUND, "nothing was held for this gesture")
        account.reverse(
            reversal_id=command.reversal_id, hold_id=money.hold_id, amount_minor=command.amount_minor, at=context.at
        )
        of_case = await money_of_case(money, context, record)
        hold = account.holds[money.hold_id]
        of_case.count(hold_id=money.hold_id, amount_minor=hold.captured_minor - hold.reversed_minor, at=context.at)
        return Work(streams=tuple(stream for stream in (account, of_case) if stream.pending_events))

    return await record.transact(context, decide, serialise_on=(gesture_money_id(command.gesture_id),))
