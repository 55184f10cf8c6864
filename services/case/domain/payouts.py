"""Paying out what is given: the decisions, whatever the payer says, early, late, twice or never.

    PAYING ──paid──▶ GIVEN ──came back──▶ REVERSED
       └──refused──▶ REFUSED ──paid all the same──▶ GIVEN

Silence settles nothing: without a word from the payer the money stays held. What was said before is passed over.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.vocabulary import GestureStatus, Refusal, RefusalCode
from services.case.domain import gesture_facts
from services.case.domain import payout_facts as facts
from services.case.domain.case import Case
from services.case.domain.gesture import Gesture
from services.case.domain.payout import Fulfilment, Payout, PayoutState, Unsettled


def tried(case: Case, *, gesture_id: UUID, outcome: Unsettled, again_at: datetime | None, at: datetime) -> None:
    """An attempt settled nothing. `again_at` None: nobody posts it again."""
    payout = case.gestures[gesture_id].payout
    if payout is not None and payout.state is PayoutState.OPEN:
        case.trigger_event(
            facts.PayoutTried,
            timestamp=at,
            gesture_id=gesture_id,
            attempt=payout.attempts + 1,
            outcome=outcome,
            again_at=again_at,
        )


def paid(case: Case, *, gesture_id: UUID, fulfilment: Fulfilment, at: datetime) -> None:
    """It was paid: given, even where it was said before that it would not be; a payment is a fact.

    Raises:
        Refusal: NOT_FOUND, there is no payout of this gesture.
    """
    gesture = case.gestures[gesture_id]
    payout = _payout(gesture)
    if payout.state is PayoutState.PAID:
        return
    readable = not case.erased  # nothing can be sealed for somebody who is erased
    case.trigger_event(
        facts.PayoutPaid,
        timestamp=at,
        gesture_id=gesture_id,
        provider_ref=fulfilment.provider_ref if readable else None,
        code=fulfilment.code if readable else None,
        url=fulfilment.url if readable else None,
    )
    case.trigger_event(
        gesture_facts.GestureGiven,
        timestamp=at,
        gesture_id=gesture_id,
        hold_id=payout.hold_id,
        account_id=payout.account_id,
        amount_minor=gesture.amount_minor,
    )


def refused(case: Case, *, gesture_id: UUID, code: RefusalCode, words: str | None, at: datetime) -> None:
    """The payer will not pay: the money is free again.

    Raises:
        Refusal: NOT_FOUND, there is no payout of this gesture; IDEMPOTENCY_MISMATCH, it said before that it paid.
    """
    payout = _payout(case.gestures[gesture_id])
    if payout.state is PayoutState.PAID:
        raise Refusal(RefusalCode.IDEMPOTENCY_MISMATCH, "it was paid already, as was said before")
    if payout.state is PayoutState.OPEN:
        case.trigger_event(
            facts.PayoutRefused,
            timestamp=at,
            gesture_id=gesture_id,
            code=code,
            words=None if case.erased else words,
        )


def returned(case: Case, *, gesture_id: UUID, reversal_id: UUID, amount_minor: int, at: datetime) -> None:
    """Money of it came back.

    Raises:
        Refusal: NOT_FOUND, it was not paid; INVALID_INPUT, more than was paid; IDEMPOTENCY_MISMATCH, this return was
            told before, of another amount.
    """
    gesture = case.gestures[gesture_id]
    if reversal_id in gesture.reversals:
        if gesture.reversals[reversal_id] != amount_minor:
            raise Refusal(RefusalCode.IDEMPOTENCY_MISMATCH, "this return was told before, of another amount")
        return
    if gesture.status is not GestureStatus.GIVEN or _payout(gesture).state is not PayoutState.PAID:
        raise Refusal(RefusalCode.NOT_FOUND, "nothing was paid that could come back")
    if not 0 < amount_minor <= gesture.amount_minor - sum(gesture.reversals.values()):
        raise Refusal(RefusalCode.INVALID_INPUT, "no more comes back than was paid", "amount_minor")
    case.trigger_event(
        facts.GestureReversed, timestamp=at, gesture_id=gesture_id, reversal_id=reversal_id, amount_minor=amount_minor
    )


def _payout(gesture: Gesture) -> Payout:
    if gesture.payout is None:
        raise Refusal(RefusalCode.NOT_FOUND, "this gesture is not paid out")
    return gesture.payout
