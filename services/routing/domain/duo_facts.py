"""Who knows a customer: who answered first and owns the customer, who was in touch and when."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from contracts.stored import Fact, FirstFact
from contracts.vocabulary import ExclusionReason

if TYPE_CHECKING:
    from services.routing.domain.duo import Duo


class CustomerMet(FirstFact):
    """An agent was in touch with this customer for the first time."""

    TOPIC: ClassVar[str] = "routing.customer-met.v1"
    customer_id: UUID


class CustomerHandled(Fact):
    """An agent was in touch with the customer, who may come back to a known face. Noted once a day per agent."""

    TOPIC: ClassVar[str] = "routing.customer-handled.v1"
    customer_id: UUID
    agent_id: UUID
    handled_at: datetime

    def apply(self, aggregate: Duo) -> None:
        """Remember when."""
        aggregate.handled[self.agent_id] = self.handled_at


class DuoJoined(Fact):
    """This customer turned out to be another one, and is shown as that one."""

    TOPIC: ClassVar[str] = "routing.duo-joined.v1"
    customer_id: UUID
    merge_id: UUID
    target_id: UUID

    def apply(self, aggregate: Duo) -> None:
        """Remember by which merge."""
        aggregate.joined = self.merge_id


class DuoParted(Fact):
    """This customer is nobody else after all."""

    TOPIC: ClassVar[str] = "routing.duo-parted.v1"
    customer_id: UUID
    merge_id: UUID

    def apply(self, aggregate: Duo) -> None:
        """It stands alone."""
        aggregate.joined = None


class OwnershipShared(Fact):
    """Who owns this customer and all who are shown as it, together; None: nobody."""

    TOPIC: ClassVar[str] = "routing.ownership-shared.v1"
    customer_id: UUID
    owner_id: UUID | None
    partner_id: UUID | None

    def apply(self, aggregate: Duo) -> None:
        """Known to whoever asks for it; who owned this one alone stays known, too."""


class OwnerSet(Fact):
    """Whom a customer comes back to, and where that one is away, the partner.

    The first who answered; later whoever took over from somebody who left us, or whom the customer never met again.
    """

    TOPIC: ClassVar[str] = "routing.owner-set.v1"
    customer_id: UUID
    owner_id: UUID
    partner_id: UUID | None

    def apply(self, aggregate: Duo) -> None:
        """Take over both."""
        aggregate.owner_id = self.owner_id
        aggregate.partner_id = self.partner_id


class AgentExcluded(Fact):
    """This agent is not to handle the customer, who will not have it, or to whose matter the agent is a party."""

    TOPIC: ClassVar[str] = "routing.agent-excluded.v1"
    customer_id: UUID
    agent_id: UUID
    reason: ExclusionReason

    def apply(self, aggregate: Duo) -> None:
        """Remember it."""
        aggregate.excluded = aggregate.excluded | {self.agent_id}


class AgentReadmitted(Fact):
    """What spoke against this agent does so no more."""

    TOPIC: ClassVar[str] = "routing.agent-readmitted.v1"
    customer_id: UUID
    agent_id: UUID

    def apply(self, aggregate: Duo) -> None:
        """Forget it."""
        aggregate.excluded = aggregate.excluded - {self.agent_id}
