"""How far each gesture is: the gestures of table timeline."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from contracts.stored import Fact, FactMeta, FirstFact, Row
from contracts.vocabulary import GestureStatus
from services.case.domain import gesture_facts as facts


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a fact about a gesture."""
    match fact:
        case facts.GestureRequested():
            yield _requested(fact, meta)
        case facts.GestureAwaitingApproval():
            yield Row("await_gesture_approval", (fact.gesture_id, fact.expires_at), expect_rows=1)
        case facts.GestureApproved():
            by = (meta.actor.kind, meta.actor.ref, fact.timestamp)
            yield Row("approve_gesture", (fact.gesture_id, fact.approval_id, *by), expect_rows=1)
        case facts.ApprovalRefused():
            yield Row("refuse_gesture_approval", (fact.gesture_id, fact.code), expect_rows=1)
        case facts.GestureGiven():
            given = (fact.gesture_id, fact.hold_id, fact.account_id, fact.amount_minor)
            yield Row("give_gesture", given, expect_rows=1)
        case facts.GestureRefused():
            yield Row("refuse_gesture", (fact.gesture_id, fact.code), expect_rows=1)
        case facts.GestureDeclined():
            by = (meta.actor.kind, meta.actor.ref, fact.timestamp)
            yield Row("decline_gesture", (fact.gesture_id, fact.reason, *by), expect_rows=1)
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
