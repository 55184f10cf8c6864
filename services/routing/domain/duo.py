"""Who a customer belongs to: the owner, and where there are rosters the partner."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from contracts.stored import Stream
from contracts.vocabulary import ExclusionReason, id_of
from services.routing.domain.duo_facts import (
    AgentExcluded,
    AgentReadmitted,
    CustomerHandled,
    CustomerMet,
    DuoJoined,
    DuoParted,
    OwnerSet,
    OwnershipShared,
)
from services.routing.domain.kin import Claim

NOTED_EVERY = timedelta(days=1)
"""How often being in touch is noted per agent: a tier of 90 days needs it no finer, and streams stay short."""


def duo_id(customer_id: UUID) -> UUID:
    """The id of the stream of who knows a customer."""
    return id_of("duo", str(customer_id))


class Duo(Stream):
    """The agents one customer knows."""

    TOPIC: ClassVar[str] = "routing.duo"

    class Created(Stream.Created):
        """Never raised: it begins with CustomerMet."""

        TOPIC: ClassVar[str] = "routing.duo.created.never"

    def __init__(self, customer_id: UUID) -> None:
        self.customer_id = customer_id
        self.owner_id: UUID | None = None
        self.partner_id: UUID | None = None
        self.handled: dict[UUID, datetime] = {}
        self.joined: UUID | None = None
        self.excluded: frozenset[UUID] = frozenset()

    @classmethod
    def meet(cls, *, customer_id: UUID, at: datetime) -> Duo:
        """Begin when the first agent is in touch."""
        return cls._create(CustomerMet, id=duo_id(customer_id), timestamp=at, customer_id=customer_id)

    def handle(self, *, agent_id: UUID, at: datetime) -> None:
        """Note that an agent was in touch, at most once a day."""
        last = self.handled.get(agent_id)
        if last is None or at - last >= NOTED_EVERY:
            self.trigger_event(
                CustomerHandled, timestamp=at, customer_id=self.customer_id, agent_id=agent_id, handled_at=at
            )

    def join(self, *, merge_id: UUID, target_id: UUID, at: datetime) -> None:
        """Be shown as another customer."""
        self.trigger_event(
            DuoJoined, timestamp=at, customer_id=self.customer_id, merge_id=merge_id, target_id=target_id
        )

    def part(self, *, merge_id: UUID, at: datetime) -> None:
        """Be shown alone."""
        self.trigger_event(DuoParted, timestamp=at, customer_id=self.customer_id, merge_id=merge_id)

    def share(self, *, claim: Claim | None, at: datetime) -> None:
        """Note who owns this customer and all who are shown as it."""
        owner_id, partner_id = (None, None) if claim is None else (claim.owner_id, claim.partner_id)
        self.trigger_event(
            OwnershipShared, timestamp=at, customer_id=self.customer_id, owner_id=owner_id, partner_id=partner_id
        )

    def exclude(self, *, agent_id: UUID, reason: ExclusionReason, at: datetime) -> None:
        """Keep the agent from handling the customer; the same again: nothing."""
        if agent_id not in self.excluded:
            self.trigger_event(
                AgentExcluded, timestamp=at, customer_id=self.customer_id, agent_id=agent_id, reason=reason
            )

    def readmit(self, *, agent_id: UUID, at: datetime) -> None:
        """Let the agent handle the customer again; who may anyway: nothing."""
        if agent_id in self.excluded:
            self.trigger_event(AgentReadmitted, timestamp=at, customer_id=self.customer_id, agent_id=agent_id)

    def own(self, *, owner_id: UUID, partner_id: UUID | None = None, at: datetime) -> None:
        """Belong to that agent from now on, and where that one is not there, to the partner."""
        self.trigger_event(
            OwnerSet, timestamp=at, customer_id=self.customer_id, owner_id=owner_id, partner_id=partner_id
        )
