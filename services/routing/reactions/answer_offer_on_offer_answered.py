"""An agent takes the case that was offered, or does not: it is decided so."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from contracts.case import OfferAnswered
from contracts.envelope import Message
from contracts.stored import CommandContext
from contracts.vocabulary import Refusal
from services.routing.commands.answer_offer import AnswerOffer, answer_offer
from services.routing.commands.refuse_request import refuse_request
from services.routing.ports import Floor, Record


async def answer_offer_on_offer_answered(
    message: Message, context: CommandContext, *, record: Record, floor: Floor, wake: Callable[[], None]
) -> None:
    """Record the answer, or say why it comes too late; then whatever waits for room is looked at again (`wake`)."""
    told = msgspec.json.decode(message.data, type=OfferAnswered)
    command = AnswerOffer(
        case_id=told.case_id,
        offer_id=told.offer_id,
        answer_id=told.answer_id,
        agent_id=told.agent_id,
        answered_at=told.answered_at,
        reason=told.reason,
    )
    try:
        await answer_offer(command, context, record=record, floor=floor)
    except Refusal as refusal:
        await refuse_request(told.answer_id, refusal, context, record=record)
    wake()
