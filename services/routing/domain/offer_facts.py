"""What became of an offer that was not taken up."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from contracts.stored import Fact
from contracts.vocabulary import OfferDeclineReason

if TYPE_CHECKING:
    from services.routing.domain.assignment import Assignment


class OfferDeclined(Fact):
    """The agent does not take the case, and is not asked again before `declined_until`; None: never."""

    TOPIC: ClassVar[str] = "routing.offer-declined.v1"
    case_id: UUID
    offer_id: UUID
    agent_id: UUID
    reason: OfferDeclineReason
    declined_until: datetime | None

    def apply(self, aggregate: Assignment) -> None:
        """Nobody is asked; that agent is not to be, for a while."""
        aggregate.offer = None
        aggregate.decided = False
        aggregate.declined = {**aggregate.declined, self.agent_id: self.declined_until}


class OfferLapsed(Fact):
    """The offer is over without an answer. `silent_until`: its time was up, and the agent is not asked again before.

    None: it was taken back, since the agent went away.
    """

    TOPIC: ClassVar[str] = "routing.offer-lapsed.v1"
    case_id: UUID
    offer_id: UUID
    agent_id: UUID
    silent_until: datetime | None

    def apply(self, aggregate: Assignment) -> None:
        """Nobody is asked."""
        aggregate.offer = None
        aggregate.decided = False
        if self.silent_until is not None:
            aggregate.declined = {**aggregate.declined, self.agent_id: self.silent_until}
