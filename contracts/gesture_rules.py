"""What the configuration file says about gestures beside budgets: caps, and who pays them out."""

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

    `case_caps`: the most one case may cost, all agents together. `approval_days`: how long a gesture waits for a
    decision. `hold_days`: how long money stays set aside for one that nobody gives, nor pays, nor takes back.
    """

    case_caps: tuple[Cap, ...] = ()
    approval_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 14
    hold_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 14


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
