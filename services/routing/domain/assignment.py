"""A case as routing sees it: what it weighs, who has it, and whether we are to move."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.stored import Stream
from contracts.vocabulary import AssignmentReason, CaseStatus, Channel, RoutingTier, WaitingFor, id_of
from services.routing.domain.assignment_facts import CaseDecided, CaseGivenBack, CaseMoved, CaseSeen
from services.routing.domain.matching import Candidate, Decision
from services.routing.domain.targets import UNHURRIED, Rules
from services.routing.domain.tiers import CaseRequest

OTHERS_ARE_TO_MOVE = (WaitingFor.CUSTOMER, WaitingFor.THIRD_PARTY, WaitingFor.DATE)
"""A case that waits for these weighs nothing; one that waits for a colleague or an approval is still ours."""


def assignment_id(case_id: UUID) -> UUID:
    """The id of the stream of a case's assignment."""
    return id_of("assignment", str(case_id))


def weighs(status: CaseStatus, waiting_for: WaitingFor | None) -> bool:
    """Whether a case in that status counts in its agent's capacity: only where we are to move."""
    if status is CaseStatus.WAITING:
        return waiting_for not in OTHERS_ARE_TO_MOVE
    return status is CaseStatus.OPEN


class Assignment(Stream):
    """Who has one case. `decided`: whether a first decision was made, were it that nobody can."""

    TOPIC: ClassVar[str] = "routing.assignment"

    class Created(Stream.Created):
        """Never raised: it begins with CaseSeen."""

        TOPIC: ClassVar[str] = "routing.assignment.created.never"

    def __init__(
        self,
        *,
        case_id: UUID,
        customer_id: UUID,
        channel: Channel,
        units: int,
        language: str | None,
        skills: tuple[str, ...],
        opened_at: datetime,
        due_at: datetime | None,
    ) -> None:
        self.case_id = case_id
        self.customer_id = customer_id
        self.channel = channel
        self.units = units
        self.language = language
        self.skills = skills
        self.opened_at = opened_at
        self.due_at = due_at
        self.status = CaseStatus.OPEN
        self.waiting_for: WaitingFor | None = None
        self.agent_id: UUID | None = None
        self.held: tuple[UUID, datetime | None] | None = None
        self.team_ref: str | None = None
        self.given_away_by: tuple[UUID, ...] = ()
        self.decided = False

    @classmethod
    def see(
        cls,
        *,
        case_id: UUID,
        customer_id: UUID,
        channel: Channel,
        units: int,
        language: str | None,
        skills: tuple[str, ...],
        opened_at: datetime,
        at: datetime,
        due_at: datetime | None = None,
    ) -> Assignment:
        """Begin when the case was opened."""
        return cls._create(
            CaseSeen,
            id=assignment_id(case_id),
            timestamp=at,
            case_id=case_id,
            customer_id=customer_id,
            channel=channel,
            units=units,
            language=language,
            skills=skills,
            opened_at=opened_at,
            due_at=due_at,
        )

    @property
    def weighs(self) -> bool:
        """Whether we are to move, so that the case counts in its agent's capacity."""
        return weighs(self.status, self.waiting_for)

    def differs(self, decision: Decision) -> bool:
        """Whether the last decision said something else of who has it, or whom it waits for and how long."""
        held = None if decision.held_for is None else (decision.held_for, decision.held_until)
        return not self.decided or (decision.agent_id, held) != (self.agent_id, self.held)

    def request(self, rules: Rules = UNHURRIED) -> CaseRequest:
        """The question who takes this case, as it stands now."""
        return CaseRequest(
            case_id=self.case_id,
            customer_id=self.customer_id,
            units=self.units,
            language=self.language,
            skills=frozenset(self.skills),
            assignee_id=self.agent_id,
            excluded=frozenset(self.given_away_by),
            team_ref=self.team_ref,
            deadline=rules.deadline(self.due_at),
        )

    def needs_somebody(self, *, inactive: bool) -> bool:
        """Whether we are to move and nobody has the case. `inactive`: whoever has it is no longer with us."""
        return self.weighs and (self.agent_id is None or inactive)

    def decide(self, *, decision: Decision, decision_id: UUID, turn: int | None, at: datetime) -> None:
        """Record a decision with its candidates. `turn`: which case in a row it is for an agent who is new to it."""
        self.trigger_event(
            CaseDecided,
            timestamp=at,
            case_id=self.case_id,
            decision_id=decision_id,
            agent_id=decision.agent_id,
            tier=decision.tier,
            reason=decision.reason,
            candidates=decision.candidates,
            rejections=decision.rejections,
            policy_version=decision.policy_version,
            held_for=decision.held_for,
            held_until=decision.held_until,
            turn=turn,
        )

    def give_back(self, *, team_ref: str | None, at: datetime) -> None:
        """Whoever has it gives it away: to a team, or to whomever routing finds. They do not get it again by rule."""
        self.trigger_event(
            CaseGivenBack, timestamp=at, case_id=self.case_id, team_ref=team_ref, given_away_by=self.agent_id
        )

    def hand_to(
        self, *, agent_id: UUID, tier: RoutingTier, reason: AssignmentReason, decision_id: UUID, turn: int, at: datetime
    ) -> None:
        """A person decides who has it: no rule is asked, no capacity either."""
        chosen = Candidate(agent_id=agent_id, tier=tier, rejected=None)
        decision = Decision(
            agent_id=agent_id, tier=tier, reason=reason, candidates=(chosen,), rejections={}, policy_version=""
        )
        fresh = None if agent_id == self.agent_id else turn
        self.decide(decision=decision, decision_id=decision_id, turn=fresh, at=at)

    def move(self, *, status: CaseStatus, waiting_for: WaitingFor | None, at: datetime) -> None:
        """Note what the case service says of the case's status; the same again: nothing."""
        if (status, waiting_for) != (self.status, self.waiting_for):
            self.trigger_event(CaseMoved, timestamp=at, case_id=self.case_id, status=status, waiting_for=waiting_for)
