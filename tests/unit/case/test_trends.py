"""How unusual a count is beside those before it: exact, however small or large the counts are."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.case.domain.trends import ONCE_IN_MAX, Trend, chance, once_in, period_of, trend_of


@given(st.integers(0, 60), st.integers(0, 300), st.integers(1, 20))
def test_s105_the_chance_is_the_exact_one_of_the_conditional_test(counted: int, before: int, periods: int) -> None:
    total, share = counted + before, Fraction(1, periods + 1)
    as_far = range(counted, total + 1) if counted > total * share else range(counted + 1)
    exact = min(1, 2 * sum(comb(total, hits) * share**hits * (1 - share) ** (total - hits) for hits in as_far))
    assert chance(counted, before, periods) == pytest.approx(float(exact), rel=1e-9)


@pytest.mark.parametrize(
    ("counted", "before", "periods", "trend"),
    [
        (3, 0, 12, Trend.RISE),
        (1, 0, 12, Trend.NONE),
        (2, 0, 1, Trend.NONE),
        (10, 12, 12, Trend.RISE),
        (0, 40, 4, Trend.FALL),
        (0, 4, 4, Trend.NONE),
        (5, 20, 4, Trend.NONE),
        (21_049, 262_000, 51, Trend.RISE),
        (10_000_000, 120_000_000, 12, Trend.NONE),
    ],
)
def test_s105_few_in_a_short_past_say_little_and_the_week_of_a_strike_says_much(
    counted: int, before: int, periods: int, trend: Trend
) -> None:
    assert trend_of(counted, before, periods, comparisons=1) is trend


def test_where_many_are_compared_one_has_to_be_more_unusual() -> None:
    assert trend_of(6, 6, 6, comparisons=1) is Trend.RISE
    assert trend_of(6, 6, 6, comparisons=100) is Trend.NONE


def test_what_chance_never_brings_is_told_as_a_bounded_number() -> None:
    assert once_in(0.0) == once_in(1e-30) == ONCE_IN_MAX
    assert once_in(0.25) == 4
    assert once_in(1.0) == 1


def test_a_long_stretch_goes_by_weeks_and_a_short_one_by_days() -> None:
    assert period_of(timedelta(days=90)) == timedelta(days=7)
    assert period_of(timedelta(days=13, hours=23)) == timedelta(days=1)
