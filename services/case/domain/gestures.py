"""Giving something in a case: the decisions of its saga with routing's ledger.

    REQUESTED ──hold──▶ GIVEN                         within the agent's own limits
        ├──above them──▶ AWAITING_APPROVAL ──yes──▶ PAYING ──hold──▶ GIVEN
        │                      ▲   └──no──▶ DECLINED     │
        │                      └──over the approver's limits
        └──no account──▶ REFUSED

Each step may be told twice or after a crash: what has been decided already is passed over in silence.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from contracts.vocabulary import Actor, GestureKind, GestureStatus, Refusal, RefusalCode
from services.case.domain import gesture_facts as facts
from services.case.domain.case import Case
from services.case.domain.gesture import Gesture

APPROVAL_OPEN_FOR = timedelta(days=14)
"""How long a gesture waits for a second person."""


def request(
    case: Case,
    *,
    gesture_id: UUID,
    agent: Actor,
    kind: GestureKind,
    amount_minor: int,
    currency: str,
    reason: str,
    note: str | None,
    reference: dict[str, str] | None,
    at: datetime,
) -> None:
    """The agent gives something.

    Raises:
        Refusal: CUSTOMER_ERASED, CASE_RESOLVED.
    """
    case.check_not_erased()
    case.check_not_resolved()
    case.trigger_event(
        facts.GestureRequested,
        timestamp=at,
        gesture_id=gesture_id,
        customer_id=case.customer_id,
        agent_ref=agent.ref,
        kind=kind,
        amount_minor=amount_minor,
        currency=currency,
        reason=reason,
        note=note,
        reference=reference,
    )


def await_approval(case: Case, *, gesture_id: UUID, at: datetime) -> None:
    """The amount needs another person."""
    if _told(case, gesture_id).status is GestureStatus.REQUESTED:
        case.trigger_event(
            facts.GestureAwaitingApproval, timestamp=at, gesture_id=gesture_id, expires_at=at + APPROVAL_OPEN_FOR
        )


def approve(
    case: Case,
    *,
    gesture_id: UUID,
    approval_id: UUID,
    approver: Actor,
    amount_minor: int | None,
    currency: str | None,
    at: datetime,
) -> None:
    """Another person says yes, to the asked amount or to less.

    Raises:
        Refusal: SELF_APPROVAL, NOT_AWAITING_APPROVAL, APPROVAL_EXPIRED, CURRENCY_MISMATCH, INVALID_INPUT (amount).
    """
    gesture = case.gestures[gesture_id]
    if gesture.agent_ref == approver.ref:
        raise Refusal(RefusalCode.SELF_APPROVAL, "another person must approve", "gestureId")
    _check_awaiting(gesture)
    if gesture.expires_at is not None and at >= gesture.expires_at:
        raise Refusal(RefusalCode.APPROVAL_EXPIRED, "the time for approval is over", "gestureId")
    if currency is not None and currency != gesture.currency:
        raise Refusal(RefusalCode.CURRENCY_MISMATCH, f"the gesture is in {gesture.currency}", "amount", "currencyCode")
    if amount_minor is not None and not 0 < amount_minor <= gesture.asked_minor:
        raise Refusal(RefusalCode.INVALID_INPUT, "at most what was asked, above zero", "amount", "amount")
    case.trigger_event(
        facts.GestureApproved,
        timestamp=at,
        gesture_id=gesture_id,
        approval_id=approval_id,
        agent_ref=gesture.agent_ref,
        approver_ref=approver.ref,
        amount_minor=gesture.asked_minor if amount_minor is None else amount_minor,
        currency=gesture.currency,
    )


def refuse_approval(case: Case, *, gesture_id: UUID, approval_id: UUID, code: RefusalCode, at: datetime) -> None:
    """The approval is beyond the approver's limits."""
    gesture = _told(case, gesture_id)
    if gesture.status is GestureStatus.PAYING and gesture.approval_id == approval_id:
        case.trigger_event(
            facts.ApprovalRefused, timestamp=at, gesture_id=gesture_id, approval_id=approval_id, code=code
        )


def give(case: Case, *, gesture_id: UUID, hold_id: UUID, account_id: UUID, amount_minor: int, at: datetime) -> None:
    """The money is held: given, unless it was said meanwhile that it will not be; then the money goes back."""
    gesture = _told(case, gesture_id)
    if gesture.hold_id is not None:
        return
    if gesture.status in {GestureStatus.DECLINED, GestureStatus.REFUSED}:
        case.trigger_event(facts.HoldReturned, timestamp=at, gesture_id=gesture_id, hold_id=hold_id)
        return
    case.trigger_event(
        facts.GestureGiven,
        timestamp=at,
        gesture_id=gesture_id,
        hold_id=hold_id,
        account_id=account_id,
        amount_minor=amount_minor,
    )


def refuse(case: Case, *, gesture_id: UUID, code: RefusalCode, at: datetime) -> None:
    """The ledger says no."""
    if _told(case, gesture_id).status in {GestureStatus.REQUESTED, GestureStatus.PAYING}:
        case.trigger_event(facts.GestureRefused, timestamp=at, gesture_id=gesture_id, code=code)


def decline(case: Case, *, gesture_id: UUID, decider: Actor, reason: str, at: datetime) -> None:
    """A person says no.

    Raises:
        Refusal: NOT_AWAITING_APPROVAL.
    """
    _check_awaiting(case.gestures[gesture_id])
    case.trigger_event(
        facts.GestureDeclined,
        timestamp=at,
        gesture_id=gesture_id,
        decider_ref=decider.ref,
        reason=None if case.erased else reason,  # nothing can be sealed for somebody who is erased
    )


def _check_awaiting(gesture: Gesture) -> None:
    if gesture.status is not GestureStatus.AWAITING_APPROVAL:
        raise Refusal(RefusalCode.NOT_AWAITING_APPROVAL, f"the gesture is {gesture.status.value}", "gestureId")


def _told(case: Case, gesture_id: UUID) -> Gesture:
    gesture = case.gestures.get(gesture_id)
    if gesture is None:
        raise Refusal(RefusalCode.NOT_FOUND, "no such gesture in this case")
    return gesture
