"""Customers and their handles."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.case.queries.database import Database
from services.case.queries.rows import CustomerRow, HandleRow


async def customers_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, CustomerRow]:
    """Those of the customers that exist."""
    return {row.customer_id: row for row in await database.all(CustomerRow, "customers_by_id", list(ids))}


async def handles_of_customers(database: Database, ids: Sequence[UUID]) -> dict[UUID, list[HandleRow]]:
    """The handles of each, in the order they were learnt; customers without any are missing."""
    found: dict[UUID, list[HandleRow]] = {}
    for row in await database.all(HandleRow, "handles_of_customers", list(ids)):
        found.setdefault(row.customer_id, []).append(row)
    return found


async def handles_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, HandleRow]:
    """Those of the handles that exist."""
    return {row.handle_id: row for row in await database.all(HandleRow, "handles_by_id", list(ids))}
