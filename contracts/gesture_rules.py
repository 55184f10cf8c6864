"""What the configuration file says about gestures: caps, who pays them out, and what auditors look at a second time."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from contracts.money import to_minor
from contracts.vocabulary import GestureKind

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
KindWord = Literal["refund", "voucher", "replacement", "gift", "fee-waived"]


class Cap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bound in one currency; the amount as written, in minor units beside it."""

    amount: str
    currency: str

    @property
    def amount_minor(self) -> int:
        """The bound."""
        return to_minor(self.amount, self.currency)


class Gestures(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Bounds of gestures beside budgets.

    `case_caps`: the most one case may cost, all agents together. `customer_flags`: what one customer got in 365 days
    above which auditors are told; nothing is refused for it. `approval_days`: how long a gesture waits for a decision.
    """

    case_caps: tuple[Cap, ...] = ()
    customer_flags: tuple[Cap, ...] = ()
    approval_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 14


class Payouts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who pays gestures out: a system that is posted to, signed by Standard Webhooks with `secret`.

    `kinds`: of these gestures; others are given once they are on record.
    """

    url: str
    secret: Name
    kind_words: tuple[KindWord, ...] = msgspec.field(name="kinds", default=("refund", "voucher"))

    @property
    def kinds(self) -> frozenset[GestureKind]:
        """The kinds in the words that are stored and sent."""
        return frozenset(GestureKind(word.upper().replace("-", "_")) for word in self.kind_words)

    def __repr__(self) -> str:
        return f"Payouts({self.url}, {self.kind_words})"


class Controls(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What auditors look at a second time.

    `sample_percent` of all gestures, picked by their ids; whoever gives `velocity_count` gestures within
    `velocity_minutes`; and whoever gives the same customer `same_customer_count` gestures within 30 days.
    """

    sample_percent: Annotated[int, msgspec.Meta(ge=0, le=100)] = 5
    velocity_count: Annotated[int, msgspec.Meta(ge=2, le=10_000)] = 10
    velocity_minutes: Annotated[int, msgspec.Meta(ge=1, le=10_080)] = 60
    same_customer_count: Annotated[int, msgspec.Meta(ge=2, le=10_000)] = 4
