"""Amounts that somebody typed: `contracts.money` reads them; here its complaints become refusals that name a field."""

from __future__ import annotations

from contracts.money import DECIMALS, from_minor, to_minor
from contracts.vocabulary import Refusal, RefusalCode

__all__ = ["amount_in_minor", "from_minor", "is_currency"]


def is_currency(currency: str) -> bool:
    """Whether it is a currency in circulation."""
    return currency in DECIMALS


def amount_in_minor(
    amount: str, currency: str, *, amount_path: tuple[str, ...], currency_path: tuple[str, ...], zero: bool = False
) -> int:
    """The amount in minor units, above zero unless `zero` is allowed.

    Raises:
        Refusal: INVALID_INPUT at `currency_path` for no currency, at `amount_path` for no number, one below zero or
            too large, or with more decimals than the currency has.
    """
    if not is_currency(currency):
        raise Refusal(RefusalCode.INVALID_INPUT, "expected an ISO 4217 currency such as EUR", *currency_path)
    try:
        minor = to_minor(amount, currency)
    except ValueError as error:
        raise Refusal(RefusalCode.INVALID_INPUT, str(error), *amount_path) from None
    if minor == 0 and not zero:
        raise Refusal(RefusalCode.INVALID_INPUT, "must be above zero", *amount_path)
    return minor
