"""What is known of agents. Each fact carries the whole card after it, so that it can be shown as is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

import msgspec

from contracts.duty import Roster
from contracts.stored import Fact, FirstFact
from contracts.vocabulary import AgentKind, Presence
from services.routing.domain.grant import Grant

if TYPE_CHECKING:
    from services.routing.domain.agent import Agent


class AgentCard(msgspec.Struct, frozen=True):
    """An agent at one moment. `present_since`, `present_until`: when the presence was set and when it ends by itself.

    `roster`: when the agent works; None: presence alone tells. `missed_offers`: left unanswered in a row.
    `on_duty_until`, `next_duty_at`: the one while on duty, else the other, as the roster says.
    `hands_over`: does not come back to the open cases, which go to others.
    """

    ref: str
    display_name: str
    kind: AgentKind
    capacity_units: int
    email: str | None = None
    team_ref: str | None = None
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    active: bool = True
    presence: Presence = Presence.OFFLINE
    present_until: datetime | None = None
    present_since: datetime | None = None
    roster: Roster | None = None
    on_duty_until: datetime | None = None
    next_duty_at: datetime | None = None
    missed_offers: int = 0
    hands_over: bool = False


class AgentEnrolled(FirstFact):
    """Somebody joined who may take cases. `request_id`: of the desk's request that asked for it."""

    TOPIC: ClassVar[str] = "routing.agent-enrolled.v1"
    card: AgentCard
    request_id: UUID | None


class AgentRevised(Fact):
    """What an agent can, may carry or may spend was set anew. `request_id`: of the desk's request."""

    TOPIC: ClassVar[str] = "routing.agent-revised.v1"
    card: AgentCard
    request_id: UUID | None

    def apply(self, aggregate: Agent) -> None:
        """Take over the card."""
        aggregate.card = self.card


class PresenceSet(Fact):
    """The agent came, went away or left, or the time of a presence was over. `request_id`: of the desk's request."""

    TOPIC: ClassVar[str] = "routing.presence-set.v1"
    card: AgentCard
    request_id: UUID | None

    def apply(self, aggregate: Agent) -> None:
        """Take over the card."""
        aggregate.card = self.card


class DutyTurned(Fact):
    """By the roster the agent is on duty now, or no longer, or has another roster."""

    TOPIC: ClassVar[str] = "routing.duty-turned.v1"
    card: AgentCard

    def apply(self, aggregate: Agent) -> None:
        """Take over the card."""
        aggregate.card = self.card


class AttentionNoted(Fact):
    """The agent left an offer unanswered, or answered again after that; after so many in a row the agent is away."""

    TOPIC: ClassVar[str] = "routing.attention-noted.v1"
    card: AgentCard

    def apply(self, aggregate: Agent) -> None:
        """Take over the card."""
        aggregate.card = self.card


class AgentDeactivated(Fact):
    """The agent is no longer with us: takes no cases, spends nothing, and open cases go to others."""

    TOPIC: ClassVar[str] = "routing.agent-deactivated.v1"
    card: AgentCard

    def apply(self, aggregate: Agent) -> None:
        """Take over the card."""
        aggregate.card = self.card
