"""The part of `Maker` about customers who turned out to be one: whom to show, and by which merges."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.case.graphql import mapping
from services.case.graphql.attaching import Attaching

if TYPE_CHECKING:
    from services.case.graphql.types.customers import Customer
    from services.case.graphql.types.merges import Merge
    from services.case.queries.rows import CustomerRow

STEPS_MAX = 100
"""From a customer to the one it is shown as; merges make no circles."""


class Merging(Attaching):
    """What the fields of `types.merges` ask for."""

    async def whole_customer(self, customer_id: UUID | None) -> Customer | None:
        """The customer as whom this one is shown, or None where there is none."""
        row = None if customer_id is None else await self.whole_row(customer_id)
        if row is None:
            return None
        self.accessed.customer(row.customer_id)
        return mapping.customer(row, opens=self.opens)

    async def whole_row(self, customer_id: UUID) -> CustomerRow | None:
        """The row of whom this one is shown as, which shows nobody yet; None where there is none."""
        row = await self.loaders.customers.load(customer_id)
        for _ in range(STEPS_MAX):
            if row is None or row.merged_into is None:
                break
            row = await self.loaders.customers.load(row.merged_into)
        return row

    async def merges_of(self, row: CustomerRow) -> list[Merge]:
        """The merges of a customer, those that were undone too, the latest first."""
        found = await self.loaders.merges_of.load(row.customer_id) or []
        return [mapping.merge(each, opens=self.opens) for each in found]

    async def merge_by_id(self, merge_id: UUID) -> Merge | None:
        """The merge, or None."""
        row = await self.loaders.merges.load(merge_id)
        if row is None:
            return None
        self.accessed.customer(row.source_id)
        return mapping.merge(row, opens=self.opens)
