"""Amounts of money at the edge: decimals and a currency."""

from __future__ import annotations

from decimal import Decimal

import strawberry
from strawberry import field

from contracts.money import from_minor
from services.case.graphql.scalars import Amount, CurrencyCode


@strawberry.type
class Money:
    """An amount of one currency."""

    amount: Amount = field(description="With all the decimals that the currency has.")
    currency_code: CurrencyCode = field(description="ISO 4217.")

    @classmethod
    def of(cls, minor: int, currency: str) -> Money:
        """An amount that is stored in minor units."""
        return cls(amount=Amount(Decimal(from_minor(minor, currency))), currency_code=CurrencyCode(currency))


@strawberry.input
class MoneyInput:
    """An amount of one currency."""

    amount: Amount = field(description="Above zero, with no more decimals than the currency has.")
    currency_code: CurrencyCode = field(description="ISO 4217.")
