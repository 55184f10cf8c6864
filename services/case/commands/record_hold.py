"""Routing holds the money for a gesture: it is given."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_case
from services.case.commands.looking_again import why_it_stays
from services.case.domain import gestures, settlements
from services.case.domain.policy import CasePolicy


class RecordHold(msgspec.Struct, frozen=True):
    """The hold on the account that pays, in minor units of the gesture's currency. `paying`: it is paid out first."""

    case_id: UUID
    gesture_id: UUID
    hold_id: UUID
    account_id: UUID
    amount_minor: int
    paying: bool = False


async def record_hold(command: RecordHold, context: CommandContext, *, record: Record, policy: CasePolicy) -> Committed:
    """Record that the gesture is given, or being paid; once given, routing takes the hold as spent.

    A settlement that awaited it leaves, unless a guard rail blocks it by what is known now.

    Outcome: `case_id`, `gesture_id`.

    Raises:
        Refusal: NOT_FOUND, where this record does not know the case or the gesture.
    """

    async def decide() -> Work:
        case = await find_case(record, command.case_id)
        gestures.give(
            case,
            gesture_id=command.gesture_id,
            hold_id=command.hold_id,
            account_id=command.account_id,
            amount_minor=command.amount_minor,
            paying=command.paying,
            at=context.at,
        )
        hindrance = await why_it_stays(case, command.gesture_id, context, record=record, policy=policy.guards)
        settlements.follow(case, gesture_id=command.gesture_id, hindrance=hindrance, at=context.at)
        return Work(streams=(case,), outcome={"case_id": str(case.id), "gesture_id": str(command.gesture_id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))
