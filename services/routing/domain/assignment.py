"""A case as routing sees it: what it weighs, who has it, and whether we are to move."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.stored import Stream
from contracts.vocabulary import CaseStatus, Channel, WaitingFor, id_of
from services.routing.domain.assignment_facts import CaseDecided, CaseMoved, CaseSeen
from services.routing.domain.matching import CaseRequest, Decision

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
        self, case_id: UUID, customer_id: UUID, units: int, language: str | None, skills: tuple[str, ...]
    ) -> None:
        self.case_id = case_id
        self.customer_id = customer_id
        self.units = units
        self.language = language
        self.skills = skills
        self.status = CaseStatus.OPEN
        self.waiting_for: WaitingFor | None = None
        self.agent_id: UUID | None = None
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
        )

    @property
    def weighs(self) -> bool:
        """Whether we are to move, so that the case counts in its agent's capacity."""
        return weighs(self.status, self.waiting_for)

    def request(self) -> CaseRequest:
        """The question who takes this case, as it stands now."""
        return CaseRequest(
            case_id=self.case_id,
            customer_id=self.customer_id,
            units=self.units,
            language=self.language,
            skills=frozenset(self.skills),
            assignee_id=self.agent_id,
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
            turn=turn,
        )

    def move(self, *, status: CaseStatus, waiting_for: WaitingFor | None, at: datetime) -> None:
        """Note what the case service says of the case's status; the same again: nothing."""
        if (status, waiting_for) != (self.status, self.waiting_for):
            self.trigger_event(CaseMoved, timestamp=at, case_id=self.case_id, status=status, waiting_for=waiting_for)
