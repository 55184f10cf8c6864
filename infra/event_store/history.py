"""A stream as it is stored, fact by fact, for auditors: exact bytes, hashes, positions, seals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.event_store.stored_form import StoredFact
from infra.sql import statements

if TYPE_CHECKING:
    from uuid import UUID

    from infra.postgres import Pool

LIMIT_MAX = 1_000
_SQL = statements("infra.event_store")


async def stream_history(pool: Pool, stream_id: UUID, after_version: int, limit: int) -> list[StoredFact]:
    """Stored facts after `after_version`, in order, at most `limit` (and LIMIT_MAX); empty for an unknown stream."""
    rows = await pool.fetch(_SQL["history_page"], stream_id, after_version, min(limit, LIMIT_MAX))
    return [StoredFact(**row) for row in rows]


async def stream_head(pool: Pool, stream_id: UUID) -> tuple[int, bytes] | None:
    """Version and hash a stream must end with, or None where it does not exist."""
    row = await pool.fetchrow(_SQL["stream_head"], stream_id)
    return None if row is None else (row["version"], row["head_hash"])
