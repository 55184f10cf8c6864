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
    """The latest hash that was read or stored of at most HEADS_MAX streams, the last used ones."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._hashes: OrderedDict[int, tuple[int, bytes]] = OrderedDict()

    def remember(self, stream_id: UUID, version: int, fact_hash: bytes) -> None:
        """Note what was read or stored."""
        # By number, for the hash of a UUID is computed in Python.
        key, hashes = stream_id.int, self._hashes
        hashes[key] = version, fact_hash
        hashes.move_to_end(key)
        if len(hashes) > HEADS_MAX:
            hashes.popitem(last=False)

    def known(self, stream_id: UUID, version: int) -> bytes | None:
        """The hash of that fact if it is at hand."""
        found = self._hashes.get(stream_id.int)
        return found[1] if found is not None and found[0] == version else None

    async def at(self, stream_id: UUID, version: int) -> bytes | None:
        """The hash of that fact; None for version 0, and for a fact that is not there."""
        if version == 0:
            return None
        known = self.known(stream_id, version)
        if known is None:
            known = await self._pool.fetchval(_SQL["hash_at"], stream_id, version)
        return known
