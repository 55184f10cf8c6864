"""A case as routing sees it: what it weighs, who has it, and whether we are to move."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.stored import Stream
from contracts.vocabulary import (
    AssignmentReason,
    CaseStatus,
    Channel,
    OfferDeclineReason,
    Refusal,
    RefusalCode,
    RoutingTier,
    WaitingFor,
    id_of,
)
from services.routing.domain.assignment_facts import CaseDecided, CaseGivenBack, CaseMoved, CaseSeen
from services.routing.domain.matching import Candidate, Decision
from services.routing.domain.offer import Offer
from services.routing.domain.offer_facts import OfferDeclined, OfferLapsed
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
    """Who has one case. `decided`: whether the last decision still says how it is, were it that nobody can.

    `declined`: who is not asked again, and until when (None: ever). `ours_since`: since when we are to move.
    `given_at`: when a person gave it to whoever has it; None: the rules did. `team_ref`: whose agents get it by rule;
    `home_team_ref`: that of its brand, unless a person gave it to another team.
    """

    TOPIC: ClassVar[str] = "routing.assignment"

    class Created(Stream.Created):
        """Never raised: it begins with CaseSeen."""

        TOPIC: ClassVar[str] = "routing.assignment.created.never"

    def __init__(
        self,
        *,
        case_id: UUID,
        customer_id: UUID,
        channel: Channel | None,
        units: int,
        language: str | None,
        skills: tuple[str, ...],
        opened_at: datetime,
        due_at: datetime | None,
        team_ref: str | None,
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
        self.offer: Offer | None = None
        self.declined: dict[UUID, datetime | None] = {}
        self.ours_since = opened_at
        self.given_at: datetime | None = None
        self.home_team_ref = team_ref
        self.team_ref = team_ref
        self.given_away_by: tuple[UUID, ...] = ()
        self.decided = False

    @classmethod
    def see(
        cls,
        *,
        case_id: UUID,
        customer_id: UUID,
        channel: Channel | None,
        units: int,
        language: str | None,
        skills: tuple[str, ...],
        opened_at: datetime,
        at: datetime,
        due_at: datetime | None = None,
        team_ref: str | None = None,
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
            team_ref=team_ref,
        )

    @property
    def weighs(self) -> bool:
        """Whether we are to move, so that the case counts in its agent's capacity."""
        return weighs(self.status, self.waiting_for)

    def differs(self, decision: Decision) -> bool:
        """Whether the last decision said something else of who has it, or whom it waits for and how long."""
        held = None if decision.held_for is None else (decision.held_for, decision.held_until)
        return not self.decided or (decision.agent_id, held) != (self.agent_id, self.held)

    def request(self, rules: Rules = UNHURRIED, at: datetime | None = None) -> CaseRequest:
        """The question who takes this case, as it stands at that moment; None: whatever was declined ever."""
        return CaseRequest(
            case_id=self.case_id,
            customer_id=self.customer_id,
            units=self.units,
            language=self.language,
            skills=frozenset(self.skills),
            assignee_id=self.agent_id,
            excluded=frozenset(self.given_away_by),
            declined=frozenset(
                agent_id for agent_id, until in self.declined.items() if at is None or until is None or at < until
            ),
            team_ref=self.team_ref,
            deadline=rules.deadline(self.answer_due),
        )

    @property
    def answer_due(self) -> datetime | None:
        """When somebody is to have answered: as long after we last came to move as it was for the first answer."""
        return None if self.due_at is None else self.ours_since + (self.due_at - self.opened_at)

    def needs_somebody(self, *, inactive: bool) -> bool:
        """Whether we are to move and nobody has the case or is asked to. `inactive`: whoever has it gave it up."""
        return self.weighs and self.offer is None and (self.agent_id is None or inactive)

    def decide(
        self,
        *,
        decision: Decision,
        decision_id: UUID,
        turn: int | None,
        at: datetime,
        offered_until: datetime | None = None,
    ) -> None:
        """Record a decision with its candidates. `turn`: which case in a row it is for an agent who is new to it.

        `offered_until`: the agent is asked, and does not have the case yet.
        """
        asked = decision.agent_id if offered_until is not None else None
        self.trigger_event(
            CaseDecided,
            timestamp=at,
            case_id=self.case_id,
            decision_id=decision_id,
            agent_id=None if asked is not None else decision.agent_id,
            tier=decision.tier,
            reason=decision.reason,
            candidates=decision.candidates,
            rejections=decision.rejections,
            policy_version=decision.policy_version,
            held_for=decision.held_for,
            held_until=decision.held_until,
            offered_to=asked,
            offered_until=offered_until,
            turn=turn,
        )

    def accept(self, *, offer_id: UUID, agent_id: UUID, answer_id: UUID, answered_at: datetime, at: datetime) -> None:
        """The agent who was asked takes the case; its place among the agent's work was counted with the offer.

        Raises:
            Refusal: CASE_RESOLVED; ALREADY_ASSIGNED, somebody has it; NOT_FOUND, the offer is over.
        """
        offer = self._answered(offer_id, agent_id)
        if offer is None or answered_at >= offer.until:
            if self.status is CaseStatus.RESOLVED:
                raise Refusal(RefusalCode.CASE_RESOLVED, "the case is resolved", "offerId")
            if self.agent_id is not None:
                raise Refusal(RefusalCode.ALREADY_ASSIGNED, "somebody has the case", "offerId")
            raise Refusal(RefusalCode.NOT_FOUND, "the offer is over", "offerId")
        taken = Decision(
            agent_id=agent_id,
            tier=offer.tier,
            reason=offer.reason,
            candidates=(Candidate(agent_id=agent_id, tier=offer.tier or RoutingTier.LEAST_LOADED, rejected=None),),
            rejections={},
            policy_version="",
        )
        self.decide(decision=taken, decision_id=answer_id, turn=None, at=at)

    def decline(
        self, *, offer_id: UUID, agent_id: UUID, reason: OfferDeclineReason, until: datetime | None, at: datetime
    ) -> bool:
        """The agent who was asked does not take it; False: the offer is over already."""
        if self._answered(offer_id, agent_id) is None:
            return False
        self.trigger_event(
            OfferDeclined,
            timestamp=at,
            case_id=self.case_id,
            offer_id=offer_id,
            agent_id=agent_id,
            reason=reason,
            declined_until=until,
        )
        return True

    def lapse(self, *, offer: Offer, silent_until: datetime | None, at: datetime) -> None:
        """End an offer that nobody answered. `silent_until`: its time was up, and that agent is not asked before."""
        self.trigger_event(
            OfferLapsed,
            timestamp=at,
            case_id=self.case_id,
            offer_id=offer.offer_id,
            agent_id=offer.agent_id,
            silent_until=silent_until,
        )

    def _answered(self, offer_id: UUID, agent_id: UUID) -> Offer | None:
        offer = self.offer
        return offer if offer is not None and (offer.offer_id, offer.agent_id) == (offer_id, agent_id) else None

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
