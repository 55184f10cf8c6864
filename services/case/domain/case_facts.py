"""What can become of a case: its beginning, its assignments and its status.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import msgspec

from contracts.stored import Fact, FirstFact, Sealed
from contracts.vocabulary import (
    AssignmentReason,
    CandidateRejection,
    CaseStatus,
    Channel,
    Priority,
    ResolutionOutcome,
    RoutingTier,
    WaitingFor,
)

if TYPE_CHECKING:
    from services.case.domain.case import Case


class Candidate(msgspec.Struct, frozen=True, omit_defaults=True):
    """One agent whom routing looked at. `rejected` None: the chosen one."""

    agent_id: UUID
    tier: RoutingTier | None = None
    eta: datetime | None = None
    rejected: CandidateRejection | None = None


class ResumeReason(StrEnum):
    """Why a waiting case is ours to move again."""

    CUSTOMER_WROTE = "CUSTOMER_WROTE"
    REPLY_FAILED = "REPLY_FAILED"


class Opened(FirstFact):
    """A contact arrived that belonged to no case we still have open, or had open lately."""

    TOPIC = "case.opened.v1"
    number: str
    customer_id: UUID
    contact_id: UUID
    channel: Channel
    account: str | None
    brand: str | None
    language: str | None
    priority: Priority
    due_at: datetime


class Assigned(Fact):
    """Routing decided who takes the case, or that nobody can now (`agent_id` None)."""

    TOPIC = "case.assigned.v1"
    decision_id: UUID
    agent_id: UUID | None
    tier: RoutingTier | None
    reason: AssignmentReason
    policy_version: str
    decided_at: datetime
    candidates: tuple[Candidate, ...]
    rejections: dict[str, int]

    def apply(self, aggregate: Case) -> None:
        """The case is this agent's."""
        aggregate.assignee_id = self.agent_id
        aggregate.last_decision = self


class NoteAdded(Fact):
    """An agent wrote down what colleagues need to know."""

    TOPIC = "case.note-added.v1"
    note_id: UUID
    customer_id: UUID
    text: Annotated[str | None, Sealed]


class Waiting(Fact):
    """Somebody else is to move."""

    TOPIC = "case.waiting.v1"
    customer_id: UUID
    waiting_for: WaitingFor
    until: datetime | None

    def apply(self, aggregate: Case) -> None:
        """Wait."""
        aggregate.status = CaseStatus.WAITING
        aggregate.waiting_for = self.waiting_for
        aggregate.waiting_until = self.until


class Resumed(Fact):
    """What the case waited for has happened, or will not: we are to move."""

    TOPIC = "case.resumed.v1"
    customer_id: UUID
    reason: ResumeReason

    def apply(self, aggregate: Case) -> None:
        """Wait no longer."""
        aggregate.status = CaseStatus.OPEN
        aggregate.waiting_for = None
        aggregate.waiting_until = None


class Resolved(Fact):
    """An agent said that the matter is settled; a later contact may reopen it."""

    TOPIC = "case.resolved.v1"
    customer_id: UUID
    outcome: ResolutionOutcome
    cause: str | None

    def apply(self, aggregate: Case) -> None:
        """The matter rests."""
        aggregate.status = CaseStatus.RESOLVED
        aggregate.waiting_for = None
        aggregate.waiting_until = None
        aggregate.outcome = self.outcome
        aggregate.cause = self.cause
        aggregate.resolved_at = self.timestamp


class Reopened(Fact):
    """The customer came back to a resolved matter: it goes on where it was, with whose it was."""

    TOPIC = "case.reopened.v1"
    customer_id: UUID
    contact_id: UUID

    def apply(self, aggregate: Case) -> None:
        """Go on."""
        aggregate.status = CaseStatus.OPEN
        aggregate.outcome = None
        aggregate.cause = None
        aggregate.resolved_at = None


class ContentErased(Fact):
    """The customer is erased: what was said in this case is unreadable from here on, and nothing is added to it."""

    TOPIC = "case.content-erased.v1"
    customer_id: UUID
    request_id: UUID

    def apply(self, aggregate: Case) -> None:
        """Close the case to words."""
        aggregate.erased = True
        aggregate.subject = None
