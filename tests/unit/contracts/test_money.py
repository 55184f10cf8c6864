"""Amounts go in and out as decimal text and never as anything inexact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.money import AMOUNT_MINOR_MAX, DECIMALS, from_minor, to_minor


@given(st.integers(0, AMOUNT_MINOR_MAX), st.sampled_from(sorted(DECIMALS)))
def test_an_amount_comes_back_as_it_was(minor: int, currency: str) -> None:
    assert to_minor(from_minor(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(1250, "EUR", "12.50"), (5, "EUR", "0.05"), (0, "EUR", "0.00"), (7, "JPY", "7"), (-1250, "EUR", "-12.50")],
)
def test_an_amount_is_written_with_all_its_decimals(minor: int, currency: str, text: str) -> None:
    assert from_minor(minor, currency) == text


@pytest.mark.parametrize("text", ["", "-1", "+1", "1e3", "NaN", "1,5", "1.", ".5", " 1", "1.005", "١٢", "1" * 17])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        to_minor(text, "EUR")


@pytest.mark.parametrize(
    ("text", "said"),
    [("1" * 17, "smaller"), ("92233720368547758.08", "smaller"), ("1.005", "2 decimals"), ("1.00005", "2 decimals")],
)
def test_an_amount_that_does_not_fit_is_told_why(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        to_minor(text, "EUR")


def test_a_currency_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="currency"):
        to_minor("1", "XXX")
