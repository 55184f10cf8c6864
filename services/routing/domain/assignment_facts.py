"""What routing notes of a case: what it weighs, who has it, whether we are to move, and every decision with its why."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from contracts.stored import Fact, FirstFact
from contracts.vocabulary import AssignmentReason, CaseStatus, Channel, RoutingTier, WaitingFor
from services.routing.domain.matching import Candidate
from services.routing.domain.offer import Offer

if TYPE_CHECKING:
    from services.routing.domain.assignment import Assignment


class CaseSeen(FirstFact):
    """A case was opened that somebody has to take. `units`: what it weighs in an agent's capacity.

    `team_ref`: the team it belongs to, by its brand; None: any.
    """

    TOPIC: ClassVar[str] = "routing.case-seen.v1"
    case_id: UUID
    customer_id: UUID
    channel: Channel | None
    units: int
    language: str | None
    skills: tuple[str, ...]
    opened_at: datetime
    due_at: datetime | None
    team_ref: str | None = None


class CaseDecided(Fact):
    """It was decided who takes the case, or that nobody can now; with every candidate and why not chosen.

    `held_for`, `held_until`: whom it waits for, and when it is decided again at the latest; then nobody has it yet.
    `offered_to`, `offered_until`: who is asked to take it, and how long; then nobody has it yet either.
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
    held_for: UUID | None
    held_until: datetime | None
    offered_to: UUID | None
    offered_until: datetime | None
    turn: int | None

    def apply(self, aggregate: Assignment) -> None:
        """Take over who has the case. Whom a person gives it to is meant, whatever was said before."""
        aggregate.agent_id = self.agent_id
        aggregate.held = None if self.held_for is None else (self.held_for, self.held_until)
        aggregate.offer = None
        if self.offered_to is not None and self.offered_until is not None:
            aggregate.offer = Offer(self.decision_id, self.offered_to, self.offered_until, self.tier, self.reason)
        aggregate.decided = True
        by_hand = self.tier in {RoutingTier.MANUAL, RoutingTier.CLAIMED}
        aggregate.given_at = self.timestamp if by_hand else None
        if by_hand:
            aggregate.team_ref = aggregate.home_team_ref
            aggregate.given_away_by = tuple(each for each in aggregate.given_away_by if each != self.agent_id)
            aggregate.declined = {who: until for who, until in aggregate.declined.items() if who != self.agent_id}


class CaseGivenBack(Fact):
    """Somebody gave the case away without naming who is to have it: a team has it, or whoever may (`team_ref` None)."""

    TOPIC: ClassVar[str] = "routing.case-given-back.v1"
    case_id: UUID
    team_ref: str | None
    given_away_by: UUID | None

    def apply(self, aggregate: Assignment) -> None:
        """Nobody has it until it is decided; who gave it away does not get it by rule."""
        aggregate.agent_id = None
        aggregate.offer = None
        aggregate.team_ref = self.team_ref or aggregate.home_team_ref
        if self.given_away_by is not None and self.given_away_by not in aggregate.given_away_by:
            aggregate.given_away_by = (*aggregate.given_away_by, self.given_away_by)


class CaseMoved(Fact):
    """The case waits for somebody else, is settled or is ours again, which changes what its agent carries."""

    TOPIC: ClassVar[str] = "routing.case-moved.v1"
    case_id: UUID
    status: CaseStatus
    waiting_for: WaitingFor | None

    def apply(self, aggregate: Assignment) -> None:
        """Take over the status. What somebody else is to move is offered to nobody, and waits anew when it is ours."""
        weighed = aggregate.weighs
        aggregate.status = self.status
        aggregate.waiting_for = self.waiting_for
        if not aggregate.weighs:
            aggregate.offer = None
        elif not weighed:
            aggregate.ours_since = self.timestamp
