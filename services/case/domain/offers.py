"""Answering an offer: the case is not the agent's before routing says so."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.vocabulary import OfferDeclineReason, Refusal, RefusalCode
from services.case.domain.case import Case
from services.case.domain.offer_facts import OfferAnswered


def answer(
    case: Case,
    *,
    offer_id: UUID,
    answer_id: UUID,
    agent_id: UUID,
    reason: OfferDeclineReason | None,
    at: datetime,
) -> None:
    """Take the case (`reason` None), or do not.

    Raises:
        Refusal: CASE_RESOLVED; ALREADY_ASSIGNED, somebody has the case; NOT_FOUND, the offer is over or another's.
    """
    offer = case.offer
    if offer is None or (offer.offer_id, offer.agent_id) != (offer_id, agent_id) or at >= offer.until:
        case.check_not_resolved()
        if case.assignee_id is not None:
            raise Refusal(RefusalCode.ALREADY_ASSIGNED, "somebody has the case", "offerId")
        raise Refusal(RefusalCode.NOT_FOUND, "the offer is over", "offerId")
    case.trigger_event(
        OfferAnswered, timestamp=at, offer_id=offer_id, answer_id=answer_id, agent_id=agent_id, reason=reason
    )
