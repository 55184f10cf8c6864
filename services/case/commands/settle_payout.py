"""A payer said what became of a payout: paid, refused, or come back."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Refusal, RefusalCode, id_of
from services.case.commands.finding import find_case
from services.case.commands.looking_again import why_it_stays
from services.case.commands.placing import with_facts
from services.case.domain import payouts, settlements
from services.case.domain.case import Case
from services.case.domain.payer_word import PayerWord
from services.case.domain.policy import CasePolicy
from services.case.domain.texts import is_storable


class SettlePayout(msgspec.Struct, frozen=True):
    """The payer's word about the payout of that gesture; a word that settles nothing is none."""

    case_id: UUID
    gesture_id: UUID
    word: PayerWord


async def settle_payout(
    command: SettlePayout, context: CommandContext, *, record: Record, policy: CasePolicy
) -> Committed:
    """Record it, once however often it is said; an answer that waited for the gesture leaves or is dropped.

    It is dropped as well where a guard rail blocks it by what is known now.

    Outcome: `case_id`, `gesture_id`.

    Raises:
        Refusal: NOT_FOUND, there is no such payout, or nothing was paid that could come back; INVALID_INPUT, more came
            back than was paid; IDEMPOTENCY_MISMATCH, it contradicts what was said before.
    """

    async def decide() -> Work:
        case = await find_case(record, command.case_id)
        if command.gesture_id not in case.gestures:
            raise Refusal(RefusalCode.NOT_FOUND, "no such gesture in this case")
        _settle(case, command, context)
        hindrance = await why_it_stays(case, command.gesture_id, context, record=record, policy=policy.guards)
        settlements.follow(case, gesture_id=command.gesture_id, hindrance=hindrance, at=context.at)
        return Work(streams=with_facts(case), outcome={"case_id": str(case.id), "gesture_id": str(command.gesture_id)})

    return await record.transact(context, decide, serialise_on=(command.case_id,))


def _settle(case: Case, command: SettlePayout, context: CommandContext) -> None:
    word, gesture_id = command.word, command.gesture_id
    match word.status:
        case "paid":
            payouts.paid(case, gesture_id=gesture_id, fulfilment=word.fulfilment, at=context.at)
        case "refused":
            said = word.reason if word.reason and is_storable(word.reason) else None
            payouts.refused(case, gesture_id=gesture_id, code=word.refusal, words=said, at=context.at)
        case "returned":
            if word.return_id is None or word.amount_minor is None:
                missing = "return_id" if word.return_id is None else "amount_minor"
                raise Refusal(RefusalCode.INVALID_INPUT, "a return has an id and an amount", missing)
            reversal_id = id_of("reversal", str(gesture_id), word.return_id)
            payouts.returned(
                case, gesture_id=gesture_id, reversal_id=reversal_id, amount_minor=word.amount_minor, at=context.at
            )
        case "pending":
            return
