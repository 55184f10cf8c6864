"""What is told of a gesture that the ledger, or the payer, refused."""

from __future__ import annotations

from uuid import UUID

import pytest

from contracts.vocabulary import GestureStatus, RefusalCode
from services.case.graphql.mutations.gestures import REFUSED_WITH, TURNED_DOWN_WITH, refusals_of
from services.case.queries.timeline import GestureStanding

APPROVAL, EARLIER = UUID(int=1), UUID(int=2)


def standing(status: GestureStatus, code: RefusalCode | None) -> GestureStanding:
    return GestureStanding(status, None, APPROVAL, code, None)


@pytest.mark.parametrize("code", REFUSED_WITH)
def test_a_refusal_says_why_and_what_of_the_input_it_is_about(code: RefusalCode) -> None:
    (error,) = refusals_of(standing(GestureStatus.REFUSED, code), within=("gesture",))
    assert (error.code.value, error.message) == (code.value, REFUSED_WITH[code])
    assert error.path[:2] == ["gesture", "amount"]


@pytest.mark.parametrize("code", TURNED_DOWN_WITH)
def test_an_approval_that_was_sent_back_says_why_to_who_gave_it_and_to_nobody_else(code: RefusalCode) -> None:
    waiting = standing(GestureStatus.AWAITING_APPROVAL, code)
    (error,) = refusals_of(waiting, APPROVAL)
    assert (error.code.value, error.message, error.path) == (code.value, TURNED_DOWN_WITH[code], ["gestureId"])
    assert refusals_of(waiting, EARLIER) == refusals_of(waiting) == []


def test_reasons_are_told_apart() -> None:
    for said in (REFUSED_WITH, TURNED_DOWN_WITH):
        assert len(set(said.values())) == len(said)


def test_what_was_not_refused_has_no_errors() -> None:
    assert refusals_of(None) == refusals_of(standing(GestureStatus.GIVEN, None)) == []
