"""What an agent says to a case that routing offers.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from contracts.stored import Fact
from contracts.vocabulary import OfferDeclineReason

if TYPE_CHECKING:
    from services.case.domain.case import Case


class OfferAnswered(Fact):
    """The agent who was asked takes the case (`reason` None), or does not. Routing decides by it."""

    TOPIC = "case.offer-answered.v1"
    offer_id: UUID
    answer_id: UUID
    agent_id: UUID
    reason: OfferDeclineReason | None

    def apply(self, aggregate: Case) -> None:
        """Nobody else is to answer it."""
        aggregate.offer = None
