"""What routing told of an agent, put on record: so that who somebody was at a position of our log can be read again.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import msgspec

from contracts.duty import Roster
from contracts.stored import Fact, FirstFact, Sealed
from contracts.vocabulary import AgentKind, Presence

if TYPE_CHECKING:
    from services.case.domain.known_agent import KnownAgent


class AgentCard(msgspec.Struct, frozen=True, omit_defaults=True):
    """An agent at one moment, but for name and address, which are personal."""

    ref: str
    kind: AgentKind
    presence: Presence
    capacity_units: int
    load_units: int
    active: bool
    team_ref: str | None = None
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    on_duty_until: datetime | None = None
    next_duty_at: datetime | None = None
    roster: Roster | None = None


class AgentIntroduced(FirstFact):
    """Routing told of an agent of whom nothing was known here."""

    TOPIC = "agent.introduced.v1"
    card: AgentCard
    display_name: Annotated[str | None, Sealed]
    email: Annotated[str | None, Sealed]


class AgentChanged(Fact):
    """Routing told that an agent is not as before."""

    TOPIC = "agent.changed.v1"
    card: AgentCard
    display_name: Annotated[str | None, Sealed]
    email: Annotated[str | None, Sealed]

    def apply(self, aggregate: KnownAgent) -> None:
        """Know the agent so."""
        aggregate.card = self.card
        aggregate.display_name = self.display_name
        aggregate.email = self.email
