"""What can become of an incident: one cause that brings many cases, and one approved answer to them.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import msgspec

from contracts.stored import Fact, FirstFact, Sealed
from contracts.vocabulary import Priority

if TYPE_CHECKING:
    from services.case.domain.incident import Incident


class IncidentState(StrEnum):
    """SUSPECTED: more comes in than usual, and nobody has said yet that it is one."""

    SUSPECTED = "SUSPECTED"
    OPEN = "OPEN"
    CLOSED = "CLOSED"


class Jump(msgspec.Struct, frozen=True):
    """How much came in within an hour, and how much does usually at that time of day."""

    counted: int
    usual: float


class IncidentTerms(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an incident is about, but for its words. `cause`: a code of the configuration.

    `priority`: of its cases; None: each has its own. `team_ref`: who is to have its cases; None: whoever has them.
    `occurred_at`: when it happened, where somebody said so.
    """

    cause: str | None = None
    brand: str | None = None
    priority: Priority | None = None
    team_ref: str | None = None
    occurred_at: datetime | None = None


class IncidentBegun(FirstFact):
    """An incident is open, or suspected (`jump`: of what)."""

    TOPIC = "incident.begun.v1"
    state: IncidentState
    terms: IncidentTerms
    jump: Jump | None
    title: Annotated[str | None, Sealed]
    answer: Annotated[str | None, Sealed]


class IncidentRevised(Fact):
    """It is one after all, or is about something else, or has another answer."""

    TOPIC = "incident.revised.v1"
    state: IncidentState
    terms: IncidentTerms
    title: Annotated[str | None, Sealed]
    answer: Annotated[str | None, Sealed]

    def apply(self, aggregate: Incident) -> None:
        """Take it over."""
        aggregate.state = self.state
        aggregate.terms = self.terms
        aggregate.title = self.title
        aggregate.answer = self.answer


class IncidentClosed(Fact):
    """It is over, or never was one."""

    TOPIC = "incident.closed.v1"

    def apply(self, aggregate: Incident) -> None:
        """No case is linked to it any more."""
        aggregate.state = IncidentState.CLOSED
