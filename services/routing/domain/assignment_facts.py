"""What routing notes of a case: what it weighs, who has it, whether we are to move, and every decision with its why."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from contracts.stored import Fact, FirstFact
from contracts.vocabulary import AssignmentReason, CaseStatus, Channel, RoutingTier, WaitingFor
from services.routing.domain.matching import Candidate

if TYPE_CHECKING:
    from services.routing.domain.assignment import Assignment


class CaseSeen(FirstFact):
    """A case was opened that somebody has to take. `units`: what it weighs in an agent's capacity."""

    TOPIC: ClassVar[str] = "routing.case-seen.v1"
    case_id: UUID
    customer_id: UUID
    channel: Channel
    units: int
    language: str | None
    skills: tuple[str, ...]
    opened_at: datetime


class CaseDecided(Fact):
    """It was decided who takes the case, or that nobody can now; with every candidate and why not chosen.

    `turn`: which case in a row this is for the agent; None where nobody got it or the one who had it keeps it. Two
    routers that count on the same free capacity claim the same turn, and one of them decides again.
    """

    TOPIC: ClassVar[str] = "routing.case-decided.v1"
    case_id: UUID
    decision_id: UUID
    agent_id: UUID | None
    tier: RoutingTier | None
    reason: AssignmentReason
    candidates: tuple[Candidate, ...]
    rejections: dict[str, int]
    policy_version: str
    turn: int | None

    def apply(self, aggregate: Assignment) -> None:
        """Take over who has the case."""
        aggregate.agent_id = self.agent_id
        aggregate.decided = True


class CaseMoved(Fact):
    """The case waits for somebody else, is settled or is ours again, which changes what its agent carries."""

    TOPIC: ClassVar[str] = "routing.case-moved.v1"
    case_id: UUID
    status: CaseStatus
    waiting_for: WaitingFor | None

    def apply(self, aggregate: Assignment) -> None:
        """Take over the status."""
        aggregate.status = self.status
        aggregate.waiting_for = self.waiting_for
