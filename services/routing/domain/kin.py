"""Customers who are shown as one: who of those who own them is theirs together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

import msgspec


class Claim(msgspec.Struct, frozen=True):
    """Somebody owns one of them. `met_at`: when that agent was last in touch with any of them."""

    customer_id: UUID
    owner_id: UUID
    partner_id: UUID | None = None
    met_at: datetime | None = None


class Kin(msgspec.Struct, frozen=True):
    """A customer and all who are shown as the same one, `root_id` being as whom; alone, it is the customer itself.

    `claims`: who owns each of them by themselves. `shared`: who owns them together, once they are several.
    """

    root_id: UUID
    members: tuple[UUID, ...]
    claims: tuple[Claim, ...] = ()
    shared: Claim | None = None

    @property
    def owned(self) -> Claim | None:
        """Who owns them now."""
        return self.shared or next((claim for claim in self.claims if claim.customer_id == self.root_id), None)


_NEVER = datetime.min.replace(tzinfo=UTC)


def strongest(claims: Iterable[Claim | None]) -> Claim | None:
    """Of several who own one customer the one who was in touch last."""
    made = [claim for claim in claims if claim is not None]
    return max(made, key=lambda claim: (claim.met_at or _NEVER, claim.customer_id.int), default=None)
