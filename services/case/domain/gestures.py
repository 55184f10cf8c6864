"""Giving something in a case: the decisions of its saga with routing's ledger.

    REQUESTED ──hold──▶ GIVEN                         within the agent's own limits
        ├──above them──▶ AWAITING_APPROVAL ──yes──▶ PAYING ──hold──▶ GIVEN
        │                      ▲   ├──no──▶ DECLINED     │
        │                      │   └──nobody in time──▶ EXPIRED
        │                      └──over the approver's limits
        └──no account, over the case's cap──▶ REFUSED

Where somebody else pays it out, a hold leads to PAYING first (see `payouts`).

Each step may be told twice or after a crash: what has been decided already is passed over in silence.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from contracts.vocabulary import Actor, GestureKind, GestureStatus, Refusal, RefusalCode
from services.case.domain import gesture_facts as facts
from services.case.domain.case import Case
from services.case.domain.gesture import Gesture
from services.case.domain.payout_facts import PayoutBegun

APPROVAL_OPEN_FOR = timedelta(days=14)
"""How long a gesture waits for a second person, where the configuration does not say."""


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


def await_approval(
    case: Case,
    *,
    gesture_id: UUID,
    two_approvers_above_minor: int | None = None,
    open_for: timedelta = APPROVAL_OPEN_FOR,
    at: datetime,
) -> None:
    """The amount needs another person; two of them above that amount."""
    if _told(case, gesture_id).status is GestureStatus.REQUESTED:
        case.trigger_event(
            facts.GestureAwaitingApproval,
            timestamp=at,
            gesture_id=gesture_id,
            expires_at=at + open_for,
            two_approvers_above_minor=two_approvers_above_minor,
        )


def approve(
    case: Case,
    *,
    gesture_id: UUID,
    approval_id: UUID,
    approver: Actor,
    amount_minor: int | None,
    currency: str | None,
    stand_in: bool = False,
    at: datetime,
) -> None:
    """Another person says yes, to the asked amount or to less. `stand_in`: the approver stands in for who asked.

    Where two people have to, the first yes only counts, and the second one is for no more than that: for as much,
    where it names no amount.

    Raises:
        Refusal: SELF_APPROVAL, NOT_AWAITING_APPROVAL, APPROVAL_EXPIRED, CURRENCY_MISMATCH, INVALID_INPUT (amount).
    """
    gesture = case.gestures[gesture_id]
    if gesture.agent_ref == approver.ref or stand_in:
        raise Refusal(RefusalCode.SELF_APPROVAL, "neither who asked approves nor their stand-in", "gestureId")
    wanted = _wanted(gesture, amount_minor, currency, at)
    two = gesture.two_approvers_above_minor is not None and wanted > gesture.two_approvers_above_minor
    if two and gesture.first_approver_ref is None:
        case.trigger_event(
            facts.FirstApprovalGiven,
            timestamp=at,
            gesture_id=gesture_id,
            approval_id=approval_id,
            approver_ref=approver.ref,
            amount_minor=wanted,
        )
        return
    if two:
        _check_second(gesture, approver, wanted)
    case.trigger_event(
        facts.GestureApproved,
        timestamp=at,
        gesture_id=gesture_id,
        approval_id=approval_id,
        agent_ref=gesture.agent_ref,
        approver_ref=approver.ref,
        amount_minor=wanted,
        currency=gesture.currency,
        kind=gesture.kind,
        first_approver_ref=gesture.first_approver_ref if two else None,
    )


def _wanted(gesture: Gesture, amount_minor: int | None, currency: str | None, at: datetime) -> int:
    """The amount that is approved."""
    over = gesture.expires_at is not None and at >= gesture.expires_at
    if gesture.status is GestureStatus.EXPIRED or (over and gesture.status is GestureStatus.AWAITING_APPROVAL):
        raise Refusal(RefusalCode.APPROVAL_EXPIRED, "the time for approval is over", "gestureId")
    _check_awaiting(gesture)
    if currency is not None and currency != gesture.currency:
        raise Refusal(RefusalCode.CURRENCY_MISMATCH, f"the gesture is in {gesture.currency}", "amount", "currencyCode")
    if amount_minor is not None and not 0 < amount_minor <= gesture.asked_minor:
        raise Refusal(RefusalCode.INVALID_INPUT, "at most what was asked, above zero", "amount", "amount")
    if amount_minor is not None:
        return amount_minor
    return gesture.asked_minor if gesture.first_approver_ref is None else gesture.first_approved_minor


def _check_second(gesture: Gesture, approver: Actor, wanted_minor: int) -> None:
    if approver.ref == gesture.first_approver_ref:
        raise Refusal(RefusalCode.SELF_APPROVAL, "two people approve this, not one twice", "gestureId")
    if wanted_minor > gesture.first_approved_minor:
        raise Refusal(RefusalCode.INVALID_INPUT, "at most what the first approver said", "amount", "amount")


def refuse_approval(case: Case, *, gesture_id: UUID, approval_id: UUID, code: RefusalCode, at: datetime) -> None:
    """The approval is beyond the approver's limits."""
    gesture = _told(case, gesture_id)
    if gesture.status is GestureStatus.PAYING and gesture.approval_id == approval_id:
        case.trigger_event(
            facts.ApprovalRefused, timestamp=at, gesture_id=gesture_id, approval_id=approval_id, code=code
        )


def give(
    case: Case,
    *,
    gesture_id: UUID,
    hold_id: UUID,
    account_id: UUID,
    amount_minor: int,
    paying: bool = False,
    at: datetime,
) -> None:
    """The money is held: given, unless it was said meanwhile that it will not be; then the money goes back.

    `paying`: somebody else pays it out, so that it is given once that is done.
    """
    gesture = _told(case, gesture_id)
    if gesture.hold_id is not None:
        return
    if gesture.status in {GestureStatus.DECLINED, GestureStatus.REFUSED, GestureStatus.EXPIRED}:
        case.trigger_event(facts.HoldReturned, timestamp=at, gesture_id=gesture_id, hold_id=hold_id)
        return
    case.trigger_event(
        PayoutBegun if paying else facts.GestureGiven,
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


def expire(case: Case, *, gesture_id: UUID, at: datetime) -> None:
    """The time for a decision is over, where it is."""
    gesture = _told(case, gesture_id)
    overdue = gesture.expires_at is not None and at >= gesture.expires_at
    if overdue and gesture.status is GestureStatus.AWAITING_APPROVAL:
        case.trigger_event(facts.GestureExpired, timestamp=at, gesture_id=gesture_id)


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
