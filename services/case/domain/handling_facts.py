"""What people make of a case besides answering: who is to have it, how soon it is, what it is filed under.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from contracts.stored import Fact, Sealed
from contracts.vocabulary import Priority
from services.case.domain.transfer import Transfer

if TYPE_CHECKING:
    from services.case.domain.case import Case


class TransferRequested(Fact):
    """A person says who is to have the case: an agent, a team, or (neither) whomever routing finds.

    Routing answers with a decision whose id is the `transfer_id`. `claimed`: the agent takes it.
    """

    TOPIC = "case.transfer-requested.v1"
    transfer_id: UUID
    customer_id: UUID
    agent_id: UUID | None
    team_ref: str | None
    claimed: bool
    reason: Annotated[str | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """Remember what is asked until it is answered."""
        aggregate.said.note(self.transfer_id, self.originator_version)
        aggregate.transfers[self.transfer_id] = Transfer(
            team_ref=self.team_ref, note=self.reason, claimed_by=self.agent_id if self.claimed else None
        )


class PrioritySet(Fact):
    """A person says how soon the matter is, for a reason in words."""

    TOPIC = "case.priority-set.v1"
    customer_id: UUID
    priority: Priority
    reason: Annotated[str | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """So soon."""
        aggregate.priority = self.priority


class IncidentLinked(Fact):
    """The case is one of many of the same cause; `incident_id` None: it is not, after all."""

    TOPIC = "case.incident-linked.v1"
    customer_id: UUID
    incident_id: UUID | None

    def apply(self, aggregate: Case) -> None:
        """It belongs there."""
        aggregate.incident_id = self.incident_id


class TagsSet(Fact):
    """A person files the case under other words, or its customer had to come back.

    `tags`: all of them from now on, sorted.
    """

    TOPIC = "case.tags-set.v1"
    customer_id: UUID
    tags: tuple[str, ...]

    def apply(self, aggregate: Case) -> None:
        """Find it under these."""
        aggregate.tags = self.tags
