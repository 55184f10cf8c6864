"""Who may be the same customer: by addresses that somebody only typed, addresses held by another, ids of other systems.

Never by what somebody calls themselves. Whoever was merged and parted again is not proposed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from math import prod
from uuid import UUID

import msgspec

from services.case.queries.database import Database

PROPOSALS_MAX = 20
FOUND_MAX = 50
"""By each way of finding: an address that half the town types proposes nobody in particular."""


class MergeReason(StrEnum):
    """Why two customers may be one, the strongest reason first."""

    SAME_EXTERNAL_ID = "SAME_EXTERNAL_ID"
    HANDLE_TAKEN = "HANDLE_TAKEN"
    SAME_PHONE_SELF_ASSERTED = "SAME_PHONE_SELF_ASSERTED"
    SAME_EMAIL_SELF_ASSERTED = "SAME_EMAIL_SELF_ASSERTED"
    SAME_HANDLE_SELF_ASSERTED = "SAME_HANDLE_SELF_ASSERTED"


LIKELIHOODS: dict[MergeReason, float] = {
    MergeReason.SAME_EXTERNAL_ID: 0.9,
    MergeReason.HANDLE_TAKEN: 0.8,
    MergeReason.SAME_PHONE_SELF_ASSERTED: 0.6,
    MergeReason.SAME_EMAIL_SELF_ASSERTED: 0.6,
    MergeReason.SAME_HANDLE_SELF_ASSERTED: 0.4,
}
"""How likely two are one for this reason alone. Reasons add up as independent ones do."""


class Proposal(msgspec.Struct, frozen=True):
    """Somebody who may be the same, and by what one can tell, the strongest reason first."""

    customer_id: UUID
    reasons: tuple[MergeReason, ...]

    @property
    def score(self) -> float:
        """Between 0 and 1: that not all of the reasons mislead."""
        return round(1.0 - prod(1.0 - LIKELIHOODS[reason] for reason in self.reasons), 3)


class _Found(msgspec.Struct, frozen=True):
    customer_id: UUID
    reason: MergeReason


async def merge_proposals(database: Database, members: Sequence[UUID]) -> list[Proposal]:
    """Who may be the same as this customer, the likeliest first. `members`: it, and all who are shown as it."""
    reasons: dict[UUID, set[MergeReason]] = {}
    for row in await database.all(_Found, "merge_proposals", list(members), FOUND_MAX):
        reasons.setdefault(row.customer_id, set()).add(row.reason)
    found = [Proposal(other, tuple(each for each in MergeReason if each in why)) for other, why in reasons.items()]
    return sorted(found, key=lambda each: (-each.score, each.customer_id))[:PROPOSALS_MAX]
