"""Promises across cases, by when they are due."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.case.domain.commitment import CommitmentStatus
from services.case.queries.database import Database, as_rows
from services.case.queries.rows import EntryRow


class PromiseFilter(msgspec.Struct, frozen=True):
    """Which promises: every part that is not None must hold."""

    owner_id: UUID | None = None
    status: CommitmentStatus | None = None
    due_before: datetime | None = None

    def args(self) -> tuple[Any, ...]:
        """As the statements take it: $1 to $3."""
        return (self.owner_id, self.status, self.due_before)


async def promises_page(
    database: Database, where: PromiseFilter, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[EntryRow]:
    """The promises that match, the one that is due first coming first. `after`: due moment and id to go on behind."""
    at, entry_id = after or (None, None)
    text = f"{database.text('entry_columns')} {database.text('promises_page')}"
    return as_rows(EntryRow, await database.records("promises_page", text, *where.args(), at, entry_id, limit))


async def promises_count(database: Database, where: PromiseFilter) -> int:
    """How many match."""
    return int(await database.value("promises_count", *where.args()))
