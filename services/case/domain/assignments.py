"""Who has a case: routing decides, a person may ask it to decide otherwise, and both are on record."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import AssignmentReason, Refusal, RefusalCode, RoutingTier
from services.case.domain.case import Case
from services.case.domain.case_facts import Assigned, Candidate
from services.case.domain.handling_facts import TransferRequested
from services.case.domain.transfer import Transfer


class RoutedDecision(msgspec.Struct, frozen=True):
    """What routing decided, with everybody who was looked at. `agent_id` None: nobody takes it now."""

    decision_id: UUID
    reason: AssignmentReason
    policy_version: str
    decided_at: datetime
    agent_id: UUID | None = None
    tier: RoutingTier | None = None
    candidates: tuple[Candidate, ...] = ()
    rejections: dict[str, int] = {}
    held_until: datetime | None = None
    offered_to: UUID | None = None
    offered_until: datetime | None = None


def record(case: Case, decision: RoutedDecision, *, at: datetime) -> None:
    """Record routing's decision. That again nobody can, for the same reasons, is no news, unless a person asked."""
    last, asked = case.last_decision, case.transfers.get(decision.decision_id)
    if last is not None and last.decision_id == decision.decision_id:
        return
    if asked is None and last is not None and _again_nobody(last, decision):
        return
    transfer = asked or Transfer()
    case.trigger_event(
        Assigned,
        timestamp=at,
        decision_id=decision.decision_id,
        agent_id=decision.agent_id,
        tier=decision.tier,
        reason=decision.reason,
        policy_version=decision.policy_version,
        decided_at=decision.decided_at,
        candidates=decision.candidates,
        rejections=decision.rejections,
        held_until=decision.held_until,
        offered_to=decision.offered_to,
        offered_until=decision.offered_until,
        team_ref=transfer.team_ref,
        note=None if case.erased else transfer.note,  # nothing can be sealed for somebody who is erased
    )


def transfer(
    case: Case, *, transfer_id: UUID, agent_id: UUID | None, team_ref: str | None, reason: str, at: datetime
) -> None:
    """Ask that an agent, a team or (neither) whomever routing finds has the case.

    Raises:
        Refusal: CUSTOMER_ERASED, CASE_RESOLVED, ALREADY_ASSIGNED (the agent has it).
    """
    case.check_not_erased()
    case.check_not_resolved()
    if agent_id is not None and agent_id == case.assignee_id:
        raise Refusal(RefusalCode.ALREADY_ASSIGNED, "the agent has the case", "agentId")
    _request(case, transfer_id, agent_id, team_ref, reason=reason, claimed=False, at=at)


def keep(case: Case, *, transfer_id: UUID, agent_id: UUID, at: datetime) -> None:
    """Ask that the agent has the case who began it."""
    _request(case, transfer_id, agent_id, None, reason=None, claimed=False, at=at)


def claim(case: Case, *, transfer_id: UUID, agent_id: UUID, at: datetime) -> bool:
    """Take a case that nobody has; False: it is the agent's already.

    Raises:
        Refusal: CASE_RESOLVED, ALREADY_ASSIGNED (somebody else has it, or was quicker to claim it).
    """
    case.check_not_resolved()
    if case.assignee_id == agent_id:
        return False
    claimed = {transfer.claimed_by for transfer in case.transfers.values()} - {None, agent_id}
    if case.assignee_id is not None or claimed:
        raise Refusal(RefusalCode.ALREADY_ASSIGNED, "somebody else has the case", "caseId")
    _request(case, transfer_id, agent_id, None, reason=None, claimed=True, at=at)
    return True


def _request(
    case: Case,
    transfer_id: UUID,
    agent_id: UUID | None,
    team_ref: str | None,
    *,
    reason: str | None,
    claimed: bool,
    at: datetime,
) -> None:
    case.trigger_event(
        TransferRequested,
        timestamp=at,
        transfer_id=transfer_id,
        customer_id=case.customer_id,
        agent_id=agent_id,
        team_ref=team_ref,
        claimed=claimed,
        reason=reason,
    )


def _again_nobody(last: Assigned, decision: RoutedDecision) -> bool:
    if {last.agent_id, decision.agent_id, last.offered_to, decision.offered_to} != {None}:
        return False
    return (last.reason, last.candidates, last.rejections, last.held_until) == (
        decision.reason,
        decision.candidates,
        decision.rejections,
        decision.held_until,
    )
