"""The part of `Maker` about offers, and about what else concerns one person at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from contracts.vocabulary import id_of
from services.case.domain.permissions import Permission
from services.case.graphql import ids
from services.case.graphql.ids import IdType
from services.case.graphql.leading import Leading
from services.case.graphql.scalars import Instant
from services.case.queries.offers import OfferRow, offers_by_id, open_offers_of

if TYPE_CHECKING:
    from services.case.graphql.types.offers import Offer


class Offering(Leading):
    """What the fields of `types.offers` ask for."""

    @property
    def own_agent_id(self) -> UUID:
        """The agent the viewer is, if the viewer is one."""
        return id_of("agent", self.principal.subject)

    async def offers_of_viewer(self) -> list[Offer]:
        """What the viewer is asked to take now, the oldest first."""
        if not self.principal.may(Permission.READ):
            return []
        return [_offer(row) for row in await open_offers_of(self.database, self.own_agent_id)]

    async def offer_by_id(self, offer_id: UUID) -> Offer | None:
        """The offer; None where there is none, or none that the viewer may see."""
        row = (await offers_by_id(self.database, [offer_id])).get(offer_id)
        if row is None:
            return None
        sees = row.agent_id == self.own_agent_id or self.principal.may(Permission.READ_ALL_CANDIDATES)
        return _offer(row) if sees else None


def _offer(row: OfferRow) -> Offer:
    from services.case.graphql.types.offers import Offer  # noqa: PLC0415  (its fields ask this one's kind)

    return Offer(
        id=ids.encode(IdType.OFFER, row.offer_id),
        offered_at=Instant(row.offered_at),
        expires_at=Instant(row.expires_at),
        row=row,
    )
