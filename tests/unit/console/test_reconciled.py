"""The ledger beside the record, gesture by gesture: each kind of difference is named, and nothing else is one."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest

from services.console.reconciled import Kind, Money, Reconciliation, differences_of

GESTURE = UUID(int=7)
LEDGER = Money(GESTURE, times=1, amount_minor=1250, hold_id="h")
GIVEN = Money(GESTURE, times=1, amount_minor=1250, hold_id="h")
PAID = msgspec.structs.replace(GIVEN, by_payer=True, confirmed=1)
NOTHING = Money(GESTURE)


def kinds(ledger: Money, record: Money) -> list[Kind]:
    return [each.kind for each in differences_of(ledger, record)]


def with_(money: Money, **changes: object) -> Money:
    return msgspec.structs.replace(money, **changes)


@pytest.mark.parametrize("record", [GIVEN, PAID])
def test_a_capture_with_its_gift_or_its_payment_fits(record: Money) -> None:
    assert kinds(LEDGER, record) == []
    assert kinds(with_(LEDGER, returned_minor=250), with_(record, returned_minor=250)) == []


def test_a_payout_that_is_only_on_its_way_is_no_difference() -> None:
    assert kinds(NOTHING, Money(GESTURE, by_payer=True)) == []


@pytest.mark.parametrize(
    ("ledger", "record", "found"),
    [
        (LEDGER, NOTHING, [Kind.CAPTURED_NOT_GIVEN]),
        (NOTHING, PAID, [Kind.GIVEN_NOT_CAPTURED]),
        (with_(LEDGER, times=2, amount_minor=2500), PAID, [Kind.CAPTURED_TWICE]),
        (LEDGER, with_(GIVEN, times=2, amount_minor=2500), [Kind.GIVEN_TWICE]),
        (LEDGER, with_(PAID, confirmed=0), [Kind.NOT_CONFIRMED]),
        (LEDGER, with_(PAID, confirmed=2), [Kind.CONFIRMED_TWICE]),
        (LEDGER, with_(PAID, hold_id="other"), [Kind.OTHER_HOLD]),
        (LEDGER, with_(PAID, amount_minor=1249), [Kind.OTHER_AMOUNT]),
        (with_(LEDGER, returned_minor=1), PAID, [Kind.OTHER_RETURN]),
        (LEDGER, with_(PAID, confirmed=0, amount_minor=1), [Kind.NOT_CONFIRMED, Kind.OTHER_AMOUNT]),
    ],
)
def test_whatever_does_not_fit_is_named(ledger: Money, record: Money, found: list[Kind]) -> None:
    assert kinds(ledger, record) == found


def test_what_was_compared_is_counted_and_an_amount_is_told_from_both_sides() -> None:
    done = Reconciliation()
    done.note(LEDGER, PAID)
    done.note(LEDGER, with_(GIVEN, amount_minor=1))
    assert (done.captures, done.gestures, done.found) == (2, 2, 1)
    assert done.differences[0].text() == f"OTHER_AMOUNT gesture {GESTURE}: ledger 1250, record 1"
