"""The part of `Maker` about what is known of customers: notes, ids of other systems, who else they may be."""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING
from uuid import UUID

from services.case.graphql import entry_mapping, mapping
from services.case.graphql.advising import Advising
from services.case.graphql.pages import checked_size
from services.case.graphql.scalars import Instant
from services.case.graphql.shown_once import called_once
from services.case.graphql.types.proposals import MergeProposal
from services.case.queries.proposals import merge_proposals

if TYPE_CHECKING:
    from services.case.graphql.types.customers import ExternalId, Satisfaction
    from services.case.graphql.types.entries import Note
    from services.case.queries.rows import CustomerRow, EntryRow


NOTES_DEFAULT = 20


class Knowing(Advising):
    """What fields about customers ask for beside their head."""

    async def last_contact_of(self, row: CustomerRow) -> Instant | None:
        """When a customer was in touch last, or whoever is shown as it."""
        await self.shown_members(row)
        return None if row.last_contact_at is None else Instant(row.last_contact_at)

    async def external_ids_of(self, row: CustomerRow) -> list[ExternalId]:
        """What other systems call a customer, and those who are shown as it."""
        if not self.opens:
            return []
        found = [await self.loaders.external_ids.load(member) or [] for member in await self.shown_members(row)]
        return [mapping.external_id(each) for each in called_once(chain(*found))]

    async def satisfaction_of(self, row: CustomerRow) -> Satisfaction | None:
        """How a customer says we did; it is sealed with their words."""
        if not self.opens:
            return None
        await self.shown_members(row)
        found = await self.loaders.satisfaction.load(row.customer_id)
        return None if found is None else mapping.satisfaction(found)

    async def notes_of(self, row: CustomerRow, first: int | None) -> list[Note]:
        """What is noted of a customer, and of those who are shown as it."""
        size = checked_size(first, NOTES_DEFAULT)
        found = [await self.loaders.notes.load(member) or [] for member in await self.shown_members(row)]
        notes = sorted((each for notes in found for each in notes), key=_place, reverse=True)
        return [entry_mapping.note(each, opens=self.opens) for each in notes[:size]]

    async def merge_proposals_of(self, row: CustomerRow) -> list[MergeProposal]:
        """Who may be the same as a customer."""
        if row.merged_into is not None or row.state == "ERASED":
            return []
        found = await merge_proposals(self.database, await self.shown_members(row))
        others = [(each, await self.whole_customer(each.customer_id)) for each in found]
        return [
            MergeProposal(customer=other, score=each.score, reasons=list(each.reasons))
            for each, other in others
            if other is not None
        ]


def _place(row: EntryRow) -> tuple[bool, datetime, UUID]:
    return (row.pinned, row.occurred_at, row.entry_id)
