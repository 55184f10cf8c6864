"""Recomputes the Merkle tree of the log: contiguous positions, times that never go back, every signed checkpoint."""

from __future__ import annotations

import struct
from hashlib import sha256
from typing import TYPE_CHECKING

from infra.checkpoints import Checkpoint, NoteRefused, VerifierKey, open_checkpoint
from infra.event_store.finding import Finding
from infra.merkle import HASH_BYTES, NODE_PREFIX, Frontier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import asyncpg

    from infra.event_store.finding import LogReport

TILE = 256
TILE_LEVEL = 8


class TreeCheck:
    """Takes the tiles of the log in order. `held`: a bit per position, from 1, whose fact was recorded before it.

    `sizes`: at which roots are wanted; then in `roots`, with the time of the last position in `times` (microseconds
    since 2000). `nodes`: what es.log_nodes has to hold, by level and index.
    """

    def __init__(self, report: LogReport, held: bytearray, sizes: Sequence[int]) -> None:
        self._report = report
        self._held = held
        self._sizes = sorted({size for size in sizes if size > 0}, reverse=True)
        self._frontier = Frontier()
        self._time: int | None = None
        self.roots: dict[int, bytes] = {}
        self.times: dict[int, int] = {}
        self.nodes: dict[tuple[int, int], bytes] = {}

    def tile(self, row: asyncpg.Record) -> bool:
        """Check and add up to 256 positions; False: positions are missing, and what follows means nothing."""
        first, count = row["index"] * TILE + 1, row["count"]
        whole = (row["first"], row["last"]) == (first, first + count - 1)
        if not whole or len(row["leaves"]) != count * HASH_BYTES:
            return False
        times = struct.unpack(f">{count}q", row["held"])
        self._check_times(first, times)
        leaves: bytes = row["leaves"]
        while self._sizes and self._sizes[-1] < first + TILE - 1 and self._sizes[-1] < first + count:
            size = self._sizes.pop()
            self._note_size(size, self._root_with(leaves[: (size - first + 1) * HASH_BYTES]), times[size - first])
        if count < TILE:
            self._add(leaves)
            return True
        self._add_full(row["index"], leaves)
        if self._sizes and self._sizes[-1] == first + TILE - 1:
            self._note_size(self._sizes.pop(), self._frontier.root(), times[-1])
        return True

    def root(self) -> bytes:
        """The root over all that was added."""
        return self._frontier.root()

    def _note_size(self, size: int, root: bytes, time: int) -> None:
        self.roots[size], self.times[size] = root, time

    def _add(self, leaves: bytes) -> None:
        for at in range(0, len(leaves), HASH_BYTES):
            self._frontier.append(leaves[at : at + HASH_BYTES])

    def _root_with(self, leaves: bytes) -> bytes:
        """The root as it was with only these leaves of the tile."""
        past = self._frontier.copy()
        for at in range(0, len(leaves), HASH_BYTES):
            past.append(leaves[at : at + HASH_BYTES])
        return past.root()

    def _add_full(self, index: int, leaves: bytes) -> None:
        row = leaves
        while len(row) > HASH_BYTES:
            row = b"".join([sha256(NODE_PREFIX + row[at : at + 64]).digest() for at in range(0, len(row), 64)])
        self._frontier.append_full(TILE_LEVEL, row)
        level, node = 1, row
        self.nodes[level, index] = node
        while (index + 1) % TILE == 0:
            below = [self.nodes[level, at] for at in range(index - TILE + 1, index + 1)]
            part = Frontier()
            for each in below:
                part.append(each)
            level, index = level + 1, index // TILE
            self.nodes[level, index] = part.root()

    def _check_times(self, first: int, times: Sequence[int]) -> None:
        """Where the time rises it is the fact's own, where it does not it is that of the position before."""
        before, self._time = self._time, times[-1]
        held = any(self._held[(first - 1) // 8 : (first + len(times)) // 8 + 1])
        if not held and list(times) == sorted(times) and (before is None or before <= times[0]):
            return
        for position, time in enumerate(times, start=first):
            if before is not None and time < before:
                self._time_wrong(position, "goes back")
            elif (before is None or time > before) and self._is_held(position):
                self._time_wrong(position, "is neither the fact's time nor that of the position before")
            before = time

    def _is_held(self, position: int) -> bool:
        byte, bit = divmod(position - 1, 8)
        return byte < len(self._held) and bool(self._held[byte] & 1 << bit)

    def _time_wrong(self, position: int, detail: str) -> None:
        self._report.found(Finding("es.log.held_at", detail, position=position))


def check_checkpoint(
    row: asyncpg.Record, keys: Mapping[bytes, VerifierKey], *, root: bytes | None, at: datetime | None
) -> Finding | None:
    """What is wrong with a stored checkpoint. `root`, `at`: as recomputed; None: the log is not so long."""
    size = row["size"]

    def bad(column: str, detail: str) -> Finding:
        return Finding(f"es.signed_checkpoints.{column}", detail, size=size)

    if root is None:
        return bad("size", "the log has never been so long")
    checkpoint = _opened(row["note"], keys)
    if isinstance(checkpoint, str):
        return bad("note", checkpoint)
    if checkpoint.size != size:
        return bad("size", f"the signed note is of size {checkpoint.size}")
    if checkpoint.root != root:
        return bad("note", "the log has another root than was signed")
    if row["root"] != root:
        return bad("root", "is not the signed root")
    return bad("at", "is not the time of the last position it covers") if row["at"] != at else None


def _opened(note: str, keys: Mapping[bytes, VerifierKey]) -> Checkpoint | str:
    """The checkpoint, or why it does not open."""
    reasons = []
    for key in keys.values():
        try:
            return open_checkpoint(note, key)
        except NoteRefused as refused:
            reasons.append(str(refused))
    return reasons[-1] if reasons else "there is no key of those who sign"
