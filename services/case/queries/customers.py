"""Customers and their handles."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.case.queries.database import Database
from services.case.queries.rows import CustomerRow, ExternalIdRow, HandleRow


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


async def external_ids_of_customers(database: Database, ids: Sequence[UUID]) -> dict[UUID, list[ExternalIdRow]]:
    """What other systems call each, in the order it was learnt; customers without any are missing."""
    found: dict[UUID, list[ExternalIdRow]] = {}
    for row in await database.all(ExternalIdRow, "external_ids_of_customers", list(ids)):
        found.setdefault(row.customer_id, []).append(row)
    return found


async def customer_of_external_id(database: Database, system: str, value: str) -> UUID | None:
    """The customer that the system calls so; of several the first one."""
    found: UUID | None = await database.value("customer_of_external_id", system, value)
    return found
