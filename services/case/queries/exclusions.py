"""Which agents are not to handle a customer."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from services.case.queries.database import Database


class _Excluded(msgspec.Struct, frozen=True):
    customer_id: UUID
    agent_id: UUID


async def excluded_of_customers(database: Database, ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Of each of these customers; those with none are missing."""
    found: dict[UUID, list[UUID]] = {}
    for row in await database.all(_Excluded, "excluded_of_customers", list(ids)):
        found.setdefault(row.customer_id, []).append(row.agent_id)
    return found
