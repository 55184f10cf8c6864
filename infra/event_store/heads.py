"""The hash a stream had at a version. It never changes, so what was read once need not be asked again."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from infra.sql import statements

if TYPE_CHECKING:
    from uuid import UUID

    from infra.postgres import Pool

HEADS_MAX = 8192
_SQL = statements("infra.event_store")


class Heads:
    """At most HEADS_MAX hashes by (stream, version), the last used ones."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._hashes: OrderedDict[tuple[int, int], bytes] = OrderedDict()

    def remember(self, stream_id: UUID, version: int, fact_hash: bytes) -> None:
        """Note what was read or stored."""
        # By number, for the hash of a UUID is computed in Python.
        key = (stream_id.int, version)
        self._hashes[key] = fact_hash
        self._hashes.move_to_end(key)
        while len(self._hashes) > HEADS_MAX:
            self._hashes.popitem(last=False)

    async def at(self, stream_id: UUID, version: int) -> bytes | None:
        """The hash of that fact; None for version 0, and for a fact that is not there."""
        if version == 0:
            return None
        known = self._hashes.get((stream_id.int, version))
        if known is None:
            known = await self._pool.fetchval(_SQL["hash_at"], stream_id, version)
        return known
