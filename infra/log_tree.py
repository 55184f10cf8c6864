"""The Merkle tree of a service's log as it lies in the database: tiles, roots and paths without reading every leaf.

A tile (C2SP tlog-tiles) is up to 256 neighbouring hashes of one level: at level 0 leaves, at level n roots over 256^n
leaves each. What lies in a row of es.log_nodes is made once its leaves are all there, and never changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.merkle import (
    HASH_BYTES,
    Span,
    consistency_spans,
    full_root,
    inclusion_spans,
    span_root,
    subtrees,
)
from infra.sql import statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.postgres import Connection, Pool

TILE_BITS = 8
TILE_HASHES = 1 << TILE_BITS
TILE_LEVEL_MAX = 7
_SQL = statements("infra")


class TreeIncomplete(Exception):  # noqa: N818
    """A hash of the tree is not there: the log is shorter than asked, or rows of it were taken away."""


async def read_tile(reader: Pool | Connection, level: int, index: int, width: int = TILE_HASHES) -> list[bytes]:
    """The first `width` hashes of a tile.

    Raises:
        TreeIncomplete: they are not all there.
    """
    first = index << TILE_BITS
    if level == 0:
        rows = await reader.fetch(_SQL["log_leaves"], first, first + width)
    else:
        rows = await reader.fetch(_SQL["log_nodes"], first, first + width, level)
    if len(rows) != width:
        raise TreeIncomplete(f"tile {level}/{index} holds {len(rows)} hashes of {width}")
    return [row["hash"] for row in rows]


class LogTree:
    """Reads the tree; each tile once per object, so make one per question."""

    def __init__(self, reader: Pool | Connection) -> None:
        self._reader = reader
        self._nodes: dict[tuple[int, int], bytes] = {}

    async def root(self, size: int) -> bytes:
        """The root of the first `size` leaves.

        Raises:
            TreeIncomplete: there are not so many.
        """
        return (await self._roots([(0, size)]))[0]

    async def inclusion_path(self, index: int, size: int) -> list[bytes]:
        """The path from a leaf to the root of the first `size` leaves.

        Raises:
            ValueError: the leaf is not among them.
            TreeIncomplete: there are not so many.
        """
        return await self._roots(inclusion_spans(index, size))

    async def consistency_path(self, old: int, new: int) -> list[bytes]:
        """The path that shows that the first `old` leaves are the beginning of the first `new`.

        Raises:
            ValueError: `old` is 0 or more than `new`.
            TreeIncomplete: there are not so many.
        """
        return await self._roots(consistency_spans(old, new))

    async def _roots(self, spans: Sequence[Span]) -> list[bytes]:
        for span in spans:
            for level, index in subtrees(span):
                await self._read(level, index)
        return [span_root(span, lambda level, index: self._nodes[level, index]) for span in spans]

    async def _read(self, level: int, index: int) -> None:
        """Read a full subtree's hash: it is the root over a part of one tile."""
        if (level, index) in self._nodes:
            return
        tile_level, height = divmod(level, TILE_BITS)
        first, count = index << height, 1 << height
        tile, offset = divmod(first, TILE_HASHES)
        hashes = await read_tile(self._reader, tile_level, tile, offset + count)
        self._nodes[level, index] = full_root(hashes[offset:])


async def add_nodes(connection: Connection, size: int) -> None:
    """Store the nodes over leaves that have become full since the last time, for a log of `size` leaves.

    Raises:
        TreeIncomplete: the log is shorter.
    """
    for level in range(1, TILE_LEVEL_MAX + 1):
        full = size >> (TILE_BITS * level)
        known: int = await connection.fetchval(_SQL["count_log_nodes"], level)
        if full == known:
            return
        for index in range(known, full):
            hashes = await read_tile(connection, level - 1, index)
            await connection.execute(_SQL["insert_log_node"], level, index, full_root(hashes))


def tile_bytes(hashes: Sequence[bytes]) -> bytes:
    """A tile as it is served: its hashes, one after the other."""
    if any(len(each) != HASH_BYTES for each in hashes):
        raise TreeIncomplete("a hash is not 32 bytes long")
    return b"".join(hashes)
