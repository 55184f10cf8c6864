"""Frees what is held for a gesture that will not be given."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Stream, Work
from services.routing.commands.placing_hold import money_of_case
from services.routing.domain.budget import Budget
from services.routing.domain.gesture_money import GestureMoney, gesture_money_id
from services.routing.ports import Record


class ReleaseMoney(msgspec.Struct, frozen=True):
    """This gesture was declined or withdrawn."""

    gesture_id: UUID
    reason: str


async def release_money(command: ReleaseMoney, context: CommandContext, *, record: Record) -> Committed:
    """Release the hold, if there is one, and hold nothing for this gesture from now on.

    Raises:
        Refusal: IDEMPOTENCY_MISMATCH where the money was given already.
    """

    async def decide() -> Work:
        money = await record.load(GestureMoney, gesture_money_id(command.gesture_id))
        if money is None:
            return Work()
        account = None if money.account_id is None else await record.load(Budget, money.account_id)
        if account is not None and money.hold_id is not None:
            account.release(hold_id=money.hold_id, reason=command.reason, at=context.at)
            of_case = await money_of_case(money, context, record)
            of_case.count(hold_id=money.hold_id, amount_minor=0, at=context.at)
            streams: tuple[Stream, ...] = (account, of_case, money)
        else:
            streams = (money,)
        money.drop(reason=command.reason, at=context.at)
        return Work(streams=tuple(stream for stream in streams if stream.pending_events))

    return await record.transact(context, decide, serialise_on=(gesture_money_id(command.gesture_id),))
