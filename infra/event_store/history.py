"""A stream as it is stored, fact by fact, for auditors: exact bytes, hashes, positions, seals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.vocabulary import ContentState
from infra.event_store.stored_form import NO_SEALS, StoredFact, seals_of, unframed
from infra.sql import statements

if TYPE_CHECKING:
    from uuid import UUID

    from infra.postgres import Pool
    from infra.sealing import KeyRing

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


async def content_state(fact: StoredFact, keys: KeyRing) -> ContentState:
    """What became of a fact's sealed part: NONE, PRESENT, REDACTED (withheld) or ERASED (its key is destroyed)."""
    if fact.seals == NO_SEALS:
        return ContentState.NONE
    if None in unframed(fact.seals, fact.sealed):
        return ContentState.REDACTED
    wanted = {seal.key_id for seal in seals_of(fact.seals)}
    return ContentState.PRESENT if wanted == (await keys.keys_by_id(wanted)).keys() else ContentState.ERASED
