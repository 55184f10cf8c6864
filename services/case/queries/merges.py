"""Who turned out to be whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import ActorKind
from services.case.queries.database import Database


class MergeRow(msgspec.Struct, frozen=True):
    """One merge. `undone_at` None: it stands."""

    merge_id: UUID
    source_id: UUID
    target_id: UUID
    merged_at: datetime
    merged_by_kind: ActorKind
    merged_by_ref: str
    reason: str | None
    undone_at: datetime | None


class _Member(msgspec.Struct, frozen=True):
    root_id: UUID
    member_id: UUID


async def members_of_customers(database: Database, ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Each customer and all who are shown as it."""
    found: dict[UUID, list[UUID]] = {}
    for row in await database.all(_Member, "members_of_customers", list(ids)):
        found.setdefault(row.root_id, []).append(row.member_id)
    return found


async def merges_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, MergeRow]:
    """Those of the merges that exist."""
    return {row.merge_id: row for row in await database.all(MergeRow, "merges_by_id", list(ids))}


async def merges_of_customers(database: Database, ids: Sequence[UUID]) -> dict[UUID, list[MergeRow]]:
    """The merges of each, on either side, the latest first."""
    found: dict[UUID, list[MergeRow]] = {each: [] for each in ids}
    for row in await database.all(MergeRow, "merges_of_customers", list(ids)):
        for customer_id in (row.source_id, row.target_id):
            if customer_id in found:
                found[customer_id].append(row)
    return found
