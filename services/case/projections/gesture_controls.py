"""What was seen of gestures after they were given: table gesture_controls."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.stored import Fact, FactMeta, FirstFact, Row
from services.case.domain.gesture_control_facts import GestureLookedAt, GestureReviewed
from services.case.domain.gesture_facts import GestureGiven


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a gesture that was given, and from looking at it."""
    match fact:
        case GestureGiven():
            yield Row("await_gesture_control", (fact.gesture_id, fact.timestamp))
        case GestureLookedAt():
            signs, approvers = [sign.value for sign in fact.signs], list(fact.approver_refs)
            seen = (fact.gesture_id, fact.timestamp, fact.sampled, signs, approvers)
            yield Row("look_at_gesture", seen, expect_rows=1)
        case GestureReviewed():
            by = (meta.actor.kind, meta.actor.ref, fact.timestamp)
            yield Row("review_gesture", (fact.gesture_id, fact.outcome, fact.reason, *by), expect_rows=1)
        case _:
            return
