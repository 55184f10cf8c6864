"""How far each gesture is: the gestures of table timeline, and table payouts."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from contracts.stored import Fact, FactMeta, FirstFact, Row
from contracts.vocabulary import GestureStatus
from services.case.domain import gesture_facts as facts
from services.case.domain import payout_facts
from services.case.domain.payout import PayoutState

_APPROVED = {
    facts.FirstApprovalGiven: GestureStatus.AWAITING_APPROVAL,
    facts.GestureApproved: GestureStatus.PAYING,
}
"""How a gesture stands after each yes."""


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a fact about a gesture."""
    match fact:
        case facts.GestureRequested():
            yield _requested(fact, meta)
        case facts.GestureAwaitingApproval():
            yield Row("await_gesture_approval", (fact.gesture_id, fact.expires_at), expect_rows=1)
        case facts.FirstApprovalGiven() | facts.GestureApproved():
            status = _APPROVED[type(fact)]
            by = (meta.actor.kind, meta.actor.ref, fact.timestamp)
            yield Row("approve_gesture", (fact.gesture_id, fact.approval_id, *by, status), expect_rows=1)
        case facts.ApprovalRefused():
            yield Row("refuse_gesture_approval", (fact.gesture_id, fact.code), expect_rows=1)
        case facts.GestureGiven():
            given = (fact.gesture_id, fact.hold_id, fact.account_id, fact.amount_minor)
            yield Row("give_gesture", given, expect_rows=1)
        case facts.GestureRefused():
            yield Row("refuse_gesture", (fact.gesture_id, fact.code, None), expect_rows=1)
        case facts.GestureExpired():
            yield Row("set_gesture_status", (fact.gesture_id, GestureStatus.EXPIRED), expect_rows=1)
        case facts.GestureDeclined():
            by = (meta.actor.kind, meta.actor.ref, fact.timestamp)
            yield Row("decline_gesture", (fact.gesture_id, fact.reason, *by), expect_rows=1)
        case _:
            yield from _of_payout(fact, meta)


def _of_payout(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    match fact:
        case payout_facts.PayoutBegun():
            held = (fact.gesture_id, fact.hold_id, fact.account_id, fact.amount_minor)
            yield Row("pay_gesture", held, expect_rows=1)
            begun = (fact.gesture_id, meta.stream_id, fact.hold_id, fact.amount_minor, fact.timestamp)
            yield Row("begin_payout", begun, expect_rows=1)
        case payout_facts.PayoutTried():
            tried = (fact.gesture_id, fact.attempt, fact.outcome, fact.again_at)
            yield Row("try_payout", tried, expect_rows=1)
        case payout_facts.PayoutPaid():
            brought = {"provider_ref": fact.provider_ref, "code": fact.code, "url": fact.url}
            fulfilment = msgspec.json.encode({**brought, "at": fact.timestamp}).decode()
            yield Row("fulfil_gesture", (fact.gesture_id, fulfilment), expect_rows=1)
            yield Row("settle_payout", (fact.gesture_id, PayoutState.PAID, fact.timestamp), expect_rows=1)
        case payout_facts.PayoutRefused():
            yield Row("refuse_gesture", (fact.gesture_id, fact.code, fact.words), expect_rows=1)
            yield Row("settle_payout", (fact.gesture_id, PayoutState.REFUSED, fact.timestamp), expect_rows=1)
        case payout_facts.GestureReversed():
            yield Row("reverse_gesture", (fact.gesture_id, fact.amount_minor), expect_rows=1)
            yield Row("return_payout", (fact.gesture_id, fact.amount_minor), expect_rows=1)
        case _:
            return


def _requested(fact: facts.GestureRequested, meta: FactMeta) -> Row:
    return Row(
        "insert_gesture_entry",
        (
            fact.gesture_id,
            fact.customer_id,
            meta.stream_id,
            meta.version,
            fact.timestamp,
            meta.actor.kind,
            meta.actor.ref,
            fact.kind,
            GestureStatus.REQUESTED,
            fact.amount_minor,
            fact.currency,
            fact.reason,
            fact.note,
            None if fact.reference is None else msgspec.json.encode(fact.reference).decode(),
        ),
        expect_rows=1,
    )
