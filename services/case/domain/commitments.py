"""Promising something in a case, and what becomes of it.

OPEN ──kept in time──▶ KEPT
├──its moment comes──▶ BROKEN
└──taken back──▶ WITHDRAWN
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from contracts.vocabulary import Refusal, RefusalCode
from services.case.domain import commitment_facts as facts
from services.case.domain.case import Case
from services.case.domain.commitment import CommitmentStatus

COMMITMENTS_OF_CASE_MAX = 100
DUE_WITHIN_MAX = timedelta(days=731)


def make(
    case: Case,
    *,
    commitment_id: UUID,
    owner_id: UUID,
    text: str,
    due_at: datetime,
    at: datetime,
    due_path: str = "dueAt",
) -> None:
    """Promise something. `due_path`: what the moment is called in the input.

    Raises:
        Refusal: CUSTOMER_ERASED, CASE_RESOLVED, INVALID_INPUT (dueAt not ahead or too far, too many in the case).
    """
    case.check_not_erased()
    case.check_not_resolved()
    if not at < due_at <= at + DUE_WITHIN_MAX:
        raise Refusal(RefusalCode.INVALID_INPUT, f"must be ahead, within {DUE_WITHIN_MAX.days} days", due_path)
    if len(case.commitments) >= COMMITMENTS_OF_CASE_MAX:
        raise Refusal(RefusalCode.INVALID_INPUT, f"at most {COMMITMENTS_OF_CASE_MAX} in a case", "caseId")
    case.trigger_event(
        facts.CommitmentMade,
        timestamp=at,
        commitment_id=commitment_id,
        customer_id=case.customer_id,
        owner_id=owner_id,
        due_at=due_at,
        text=text,
    )


def keep(case: Case, *, commitment_id: UUID, at: datetime) -> None:
    """Say that it is done. What was due before is broken, whoever is first to say so.

    Raises:
        Refusal: INVALID_INPUT (it is not open any more).
    """
    _check_open(case, commitment_id, at)
    case.trigger_event(facts.CommitmentKept, timestamp=at, commitment_id=commitment_id)


def withdraw(case: Case, *, commitment_id: UUID, reason: str, at: datetime) -> None:
    """Take it back.

    Raises:
        Refusal: CUSTOMER_ERASED, INVALID_INPUT (it is not open any more).
    """
    case.check_not_erased()
    _check_open(case, commitment_id, at)
    case.trigger_event(facts.CommitmentWithdrawn, timestamp=at, commitment_id=commitment_id, reason=reason)


def come_due(case: Case, *, commitment_id: UUID, at: datetime) -> None:
    """Break it, where its moment has come and it is open still."""
    commitment = case.commitments[commitment_id]
    if commitment.status is CommitmentStatus.OPEN and commitment.due_at <= at:
        case.trigger_event(facts.CommitmentBroken, timestamp=at, commitment_id=commitment_id)


def _check_open(case: Case, commitment_id: UUID, at: datetime) -> None:
    commitment = case.commitments[commitment_id]
    if commitment.status is not CommitmentStatus.OPEN:
        raise Refusal(RefusalCode.INVALID_INPUT, f"it is {commitment.status.value}", "commitmentId")
    if commitment.due_at <= at:
        raise Refusal(RefusalCode.INVALID_INPUT, "its moment has passed", "commitmentId")
