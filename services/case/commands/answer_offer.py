"""An agent takes a case that routing offers, or does not."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Stream, Work
from contracts.vocabulary import ExclusionReason, OfferDeclineReason, Refusal, RefusalCode, id_of
from services.case.commands.finding import find_case, find_customer
from services.case.domain import offers
from services.case.domain.permissions import Permission, require
from services.case.ports import Directory


class AnswerOffer(msgspec.Struct, frozen=True):
    """The answer `answer_id` of whoever asks. `reason` None: takes it."""

    offer_id: UUID
    answer_id: UUID
    reason: OfferDeclineReason | None = None


async def answer_offer(
    command: AnswerOffer, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Put it on record; routing decides by it, under the answer's id. Outcome: `case_id`, `offer_id`, `answer_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND (the offer is over, another's, or none), CASE_RESOLVED, ALREADY_ASSIGNED.
    """
    require(context.actor, Permission.HANDLE_CASE)

    async def decide() -> Work:
        case_id = await directory.case_of_entry(command.offer_id)
        if case_id is None:
            raise Refusal(RefusalCode.NOT_FOUND, "no such offer", "offerId")
        case = await find_case(record, case_id, "offerId")
        offers.answer(
            case,
            offer_id=command.offer_id,
            answer_id=command.answer_id,
            agent_id=id_of("agent", context.actor.ref),
            reason=command.reason,
            at=context.at,
        )
        streams: tuple[Stream, ...] = (case,)
        if command.reason is OfferDeclineReason.CONFLICT_OF_INTEREST:
            # It is the customer's matters that the agent is a party to, not this case alone.
            customer = await find_customer(record, case.customer_id)
            if not customer.erased:
                agent_id, why = id_of("agent", context.actor.ref), ExclusionReason.CONFLICT_OF_INTEREST
                customer.exclude(agent_id=agent_id, reason=why, at=context.at)
                streams = (case, customer) if customer.pending_events else (case,)
        outcome = {"case_id": str(case.id), "offer_id": str(command.offer_id), "answer_id": str(command.answer_id)}
        return Work(streams=streams, outcome=outcome)

    return await record.transact(context, decide, serialise_on=(command.offer_id,))
