"""Takes the held money of a gesture as spent, once the gesture is on record as given."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.routing.commands.placing_hold import money_of_case
from services.routing.domain.budget import Budget
from services.routing.domain.gesture_money import GestureMoney, gesture_money_id
from services.routing.domain.hold import UNSETTLED
from services.routing.ports import Record


class CaptureMoney(msgspec.Struct, frozen=True):
    """This gesture was given out of that hold."""

    gesture_id: UUID
    hold_id: UUID


async def capture_money(command: CaptureMoney, context: CommandContext, *, record: Record) -> Committed:
    """Capture the hold in the account where it was placed, whatever period it is now.

    A hold that ended without a payment is captured by force: it was paid all the same, and the ledger never denies
    that. Outcome: `forced`, whether this happened.

    Raises:
        Refusal: NOT_FOUND where nothing is held under that id.
    """

    async def decide() -> Work:
        money = await record.load(GestureMoney, gesture_money_id(command.gesture_id))
        if money is None or money.account_id is None or money.hold_id != command.hold_id:
            raise Refusal(RefusalCode.NOT_FOUND, "nothing is held for this gesture under that id")
        account = await record.load(Budget, money.account_id)
        if account is None:
            raise Refusal(RefusalCode.NOT_FOUND, "the account of this hold is gone")
        usual = account.holds[command.hold_id].state in UNSETTLED
        account.force_capture(hold_id=command.hold_id, at=context.at)
        of_case = await money_of_case(money, context, record)
        hold = account.holds[command.hold_id]
        left_minor = hold.captured_minor - hold.reversed_minor
        of_case.count(hold_id=command.hold_id, amount_minor=left_minor, at=context.at)
        streams = tuple(stream for stream in (account, of_case) if stream.pending_events)
        return Work(streams=streams, outcome={"forced": bool(streams) and not usual})

    return await record.transact(context, decide, serialise_on=(gesture_money_id(command.gesture_id),))
