"""What an owner may spend per currency and period, as a standing arrangement; accounts are opened from it."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.vocabulary import BudgetOwnerKind, BudgetPeriod, Refusal, RefusalCode, id_of
from services.routing.domain.period import Period

AMOUNT_MINOR_MAX = 10**15
"""Well inside a Postgres bigint, and beyond any budget: sums of a period's holds cannot overflow."""
CURRENCY_LETTERS = 3
GRANTS_COUNT_MAX = 20


class Grant(msgspec.Struct, frozen=True):
    """A standing grant in minor units, for every period of its kind; at most `item_limit_minor` per gesture.

    `carry_over_max_minor`: of what is left at the end of a period, so much goes into the next. Of a team's:
    `two_approvers_above_minor`: above it two people approve; None: one is enough for any amount.
    """

    currency: str
    amount_minor: int
    period: BudgetPeriod
    item_limit_minor: int
    carry_over_max_minor: int = 0
    two_approvers_above_minor: int | None = None

    @property
    def amounts(self) -> tuple[int, ...]:
        """Every amount in it."""
        above = self.two_approvers_above_minor
        return (self.amount_minor, self.item_limit_minor, self.carry_over_max_minor, 0 if above is None else above)


class Owner(msgspec.Struct, frozen=True):
    """Whose budget it is: an agent or a team by its ref."""

    kind: BudgetOwnerKind
    ref: str

    @property
    def id(self) -> UUID:
        """The agent's or team's id."""
        return id_of("agent" if self.kind is BudgetOwnerKind.AGENT else "team", self.ref)


def checked_grants(grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
    """The grants by currency.

    Raises:
        Refusal: INVALID_INPUT at `budgets` where two are in one currency, or an amount or currency makes no sense.
    """
    if len(grants) > GRANTS_COUNT_MAX:
        raise Refusal(RefusalCode.INVALID_INPUT, f"at most {GRANTS_COUNT_MAX} budgets", "budgets")
    if len({grant.currency for grant in grants}) < len(grants):
        raise Refusal(RefusalCode.INVALID_INPUT, "one budget per currency", "budgets")
    for grant in grants:
        if len(grant.currency) != CURRENCY_LETTERS or not (grant.currency.isascii() and grant.currency.isupper()):
            raise Refusal(RefusalCode.INVALID_INPUT, "a currency has three capital letters", "budgets")
        if not all(0 <= amount <= AMOUNT_MINOR_MAX for amount in grant.amounts):
            raise Refusal(RefusalCode.INVALID_INPUT, "an amount is not negative and not beyond measure", "budgets")
    return tuple(sorted(grants, key=lambda grant: grant.currency))


def grant_in(grants: tuple[Grant, ...], currency: str) -> Grant | None:
    """The grant in that currency, or None."""
    return next((grant for grant in grants if grant.currency == currency), None)


def account_id(owner: Owner, grant: Grant, period: Period) -> UUID:
    """The id of the account of one owner, currency and period."""
    return id_of("budget", owner.kind, owner.ref, grant.currency, grant.period, period.start.isoformat())
