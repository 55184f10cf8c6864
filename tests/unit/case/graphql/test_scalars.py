"""Scalars are strict in what they take and canonical in what they give."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as some

from contracts.money import DECIMALS, from_minor
from services.case.graphql import scalars
from services.case.graphql.types.money import Money


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-21T20:38:00Z", datetime(2026, 11, 21, 20, 38, tzinfo=UTC)),
        ("2026-11-21t20:38:00.5z", datetime(2026, 11, 21, 20, 38, 0, 500000, tzinfo=UTC)),
        ("2026-11-21T22:38:00+02:00", datetime(2026, 11, 21, 20, 38, tzinfo=UTC)),
        ("2026-11-21T20:38:00.123456789Z", datetime(2026, 11, 21, 20, 38, 0, 123456, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_in_utc(written: str, meant: datetime) -> None:
    assert scalars.parse_instant(written) == meant


@pytest.mark.parametrize(
    "written",
    ["2026-11-21T20:38:00", "2026-11-21", "2026-02-30T00:00:00Z", "2026-11-21T25:00:00Z", "now", "", 1, None,
     "2026-11-21T20:38:00+25:00", "0001-01-01T00:00:00+14:00", "1899-12-31T23:59:59Z", "9901-01-01T00:00:00Z"],
)  # fmt: skip
def test_what_names_no_moment_is_refused(written: Any) -> None:
    with pytest.raises(GraphQLError):
        scalars.parse_instant(written)


@given(some.datetimes(datetime(1901, 1, 1), datetime(9900, 1, 1), timezones=some.just(timezone(timedelta(hours=2)))))  # noqa: DTZ001
def test_a_moment_is_given_in_utc_with_milliseconds(at: datetime) -> None:
    text = scalars.instant_text(at)
    assert text.endswith("Z")
    assert len(text) == len("2026-11-21T20:38:00.000Z")
    assert abs(scalars.parse_instant(text) - at) < timedelta(milliseconds=1)


def test_a_moment_without_an_offset_is_never_given() -> None:
    with pytest.raises(ValueError, match="offset"):
        scalars.instant_text(datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize("written", ["0", "25.00", "-1", "0.001", "99999999999999999999"])
def test_a_decimal_is_read_exactly(written: str) -> None:
    assert str(scalars.parse_decimal(written)) == written


@pytest.mark.parametrize(
    "written",
    ["NaN", "Infinity", "-Infinity", "1e3", "", " 1", "1 ", "+1", "1.", ".5", "1,5", 1, 1.5, True, None, "0x10",
     "\u0661", "9" * 50],
)  # fmt: skip
def test_what_is_no_plain_decimal_is_refused(written: Any) -> None:
    with pytest.raises(GraphQLError):
        scalars.parse_decimal(written)


@given(some.integers(-(10**15), 10**15), some.sampled_from(sorted(DECIMALS)))
def test_money_is_given_with_all_decimals_of_its_currency(minor: int, currency: str) -> None:
    money = Money.of(minor, currency)
    assert format(money.amount, "f") == from_minor(minor, currency)
    assert money.amount == Decimal(minor).scaleb(-DECIMALS[currency])


@pytest.mark.parametrize(
    ("parse", "good", "bad"),
    [
        (scalars.parse_currency, ["EUR", "XXX"], ["eur", "EURO", "", 1, "€"]),
        (scalars.parse_language, ["nl", "en-GB", "zh-Hant-TW"], ["", "n", "en_GB", 7, "en-" + "x" * 40]),
        (scalars.parse_time_zone, ["Europe/Amsterdam", "UTC"], ["Mars/Phobos", "", "../etc/passwd", 1]),
        (
            scalars.parse_url,
            ["https://shop.example/x?y=1"],
            ["javascript:alert(1)", "shop.example", "", "https://a b"],
        ),
    ],
)
def test_codes_are_known_by_their_shape(parse: Callable[[Any], str], good: list[str], bad: list[Any]) -> None:
    for value in good:
        assert parse(value) == value
    for value in bad:
        with pytest.raises(GraphQLError):
            parse(value)
