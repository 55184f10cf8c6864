"""The part of `Maker` about forgetting: requests, what is in their way, receipts, restrictions, redactions."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.case.domain import restriction as rules
from services.case.domain.erasure_words import ErasureStatus
from services.case.domain.permissions import Permission
from services.case.graphql import erasure_mapping
from services.case.graphql.lists import Lists
from services.case.queries.changes import checkpoint_covering
from services.case.queries.erasures import ErasureRow, RestrictionRow

if TYPE_CHECKING:
    from services.case.graphql.types.erasure import ErasureReceipt, ErasureRequest, Restriction, Retained
    from services.case.graphql.types.redaction import Redaction
    from services.case.queries.rows import CustomerRow


class Forgetting(Lists):
    """What the fields of `types.erasure` ask for."""

    async def erasure_by_id(self, request_id: UUID) -> ErasureRequest | None:
        """The request, or None."""
        row = await self.loaders.erasures.load(request_id)
        return None if row is None else erasure_mapping.erasure_request(row)

    async def erasure_status(self, row: ErasureRow) -> ErasureStatus:
        """How far it has come; BLOCKED as long as something stands in its way."""
        return ErasureStatus.BLOCKED if await self.erasure_blocks(row) else row.status

    async def erasure_blocks(self, row: ErasureRow) -> list[Retained]:
        """What stands in its way now; nothing once the customer is erased."""
        if row.status is ErasureStatus.EXECUTED:
            return []
        customer = await self.loaders.customers.load(row.customer_id)
        if customer is None or customer.state == "ERASED":
            return []
        standing = await self.loaders.restrictions.load(row.customer_id) or []
        placed = [rules.Restriction(each.restriction_id, each.kind, each.until) for each in standing]
        blocks = list(rules.blocking(placed, self._context.deps.clock.now()))
        if customer.merged_into is not None or customer.merged_count:
            blocks.append(rules.MERGED_WITH_OTHERS)
        return [erasure_mapping.retained(block) for block in blocks]

    async def erasure_receipt(self, row: ErasureRow) -> ErasureReceipt | None:
        """What was done, with a signed checkpoint that covers it where there is one."""
        if row.receipt_position is None:
            return None
        return erasure_mapping.erasure_receipt(row, await checkpoint_covering(self.database, row.receipt_position))

    async def restriction_by_id(self, restriction_id: UUID) -> Restriction | None:
        """The restriction, lifted or not, or None."""
        row = await self.loaders.restrictions_by_id.load(restriction_id)
        return None if row is None else erasure_mapping.restriction(row, opens=self._knows_why)

    async def restrictions_of(self, row: CustomerRow) -> list[Restriction]:
        """What stands now on a customer, and on all who are shown as it."""
        await self.shown_members(row)
        found = await self.standing_on(row)
        return [erasure_mapping.restriction(each, opens=self._knows_why) for each in found]

    async def standing_on(self, row: CustomerRow) -> list[RestrictionRow]:
        """What stands now on a customer, and on all who are shown as it."""
        found = [await self.loaders.restrictions.load(member) or [] for member in await self.members_of(row)]
        return [each for standing in found for each in standing]

    async def redaction_by_id(self, redaction_id: UUID) -> Redaction | None:
        """The redaction, or None."""
        row = await self.loaders.redactions.load(redaction_id)
        return None if row is None else erasure_mapping.redaction(row, opens=self._knows_why)

    @property
    def _knows_why(self) -> bool:
        return self.opens or self.principal.may(Permission.RESTRICT_CUSTOMER)
