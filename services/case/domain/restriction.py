"""What stands in the way of using or erasing a customer's data, and for how long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import RefusalCode
from services.case.domain.erasure_words import RestrictionKind

BLOCKS_ERASURE: dict[RestrictionKind, RefusalCode] = {
    RestrictionKind.LEGAL_HOLD: RefusalCode.LEGAL_HOLD,
    RestrictionKind.RESTRICTION: RefusalCode.CUSTOMER_RESTRICTED,
}
"""An objection is a reason to erase rather than one against it."""


class Restriction(msgspec.Struct, frozen=True):
    """One that was placed and not lifted. `until` None: until it is lifted."""

    restriction_id: UUID
    kind: RestrictionKind
    until: datetime | None


class Retained(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stays, why, and until when as far as that is known."""

    what: str
    why: RefusalCode
    until: datetime | None = None


MERGED_WITH_OTHERS = Retained(
    what="others who are merged with the customer: part them first", why=RefusalCode.ALREADY_MERGED
)
"""An erasure is of one person's keys: whether the others are that person is said by undoing the merge, or by asking
for each."""


def in_force(restrictions: Iterable[Restriction], at: datetime) -> tuple[Restriction, ...]:
    """Those whose time is not over."""
    return tuple(each for each in restrictions if each.until is None or at < each.until)


def blocking(restrictions: Iterable[Restriction], at: datetime) -> tuple[Retained, ...]:
    """Why nothing may be erased now; empty: nothing is in the way."""
    return tuple(
        Retained(what="all data of the customer", why=BLOCKS_ERASURE[each.kind], until=each.until)
        for each in in_force(restrictions, at)
        if each.kind in BLOCKS_ERASURE
    )
