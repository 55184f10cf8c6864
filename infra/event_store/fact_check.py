"""Recomputes every stored fact's hash, envelopes and leaf, in the order in which they lie on disk.

The bytes that are hashed come laid out from the server (`check_facts`), for speed; every hash is computed here. A fact
is checked against the stored hash of the fact before it, which is checked in its turn: so the order does not matter.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from contracts.envelope import SealedPart
from infra.event_store.finding import Finding
from infra.event_store.stored_form import NO_SEALS, FrameBroken, seals_json, seals_of, unframed
from infra.merkle import LEAF_PREFIX
from infra.sql import statements
from infra.transparency import LABEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncpg

    from infra.event_store.finding import LogReport
    from infra.event_store.reading import Reading

HEADS_MAX = 200_000
"""Streams whose last hash is kept at hand; those of others are read again."""
_SQL = statements("infra.event_store")


def _length(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big")


_START = _length(LABEL) + LABEL
_FIRST = _START + _length(b"")
_NEXT = _START + (32).to_bytes(4, "big")
_POSTGRES_EPOCH_MICROSECONDS = 946_684_800_000_000
_UUID_LENGTH = (36).to_bytes(4, "big")
_LENGTHS = [number.to_bytes(4, "big") for number in range(8192)]
_DIGEST = slice(-67, -3)
"""Where the digest stands in the JSON of a single seal, whose length is always the same."""
_ONE_SEAL_BYTES = len(seals_json((SealedPart(key_id=UUID(int=0), sealed=b""),)))


class FactCheck:
    """Takes pages of `check_facts` and notes what is wrong in `report`. `positions`: how many there are.

    `held`: a bit per position that holds a later time than its fact's.
    """

    def __init__(self, reading: Reading, report: LogReport, *, positions: int) -> None:
        self._reading = reading
        self._report = report
        self._starts: dict[UUID, bytes] = {}
        """What the next fact's hash begins with, by stream."""
        self._positions = positions
        self.held = bytearray(positions // 8 + 1)

    async def page(self, rows: Sequence[asyncpg.Record]) -> None:
        """Check a page of facts."""
        # Done for each of many millions: written for speed. What is not right at once is looked at again, slowly.
        starts, apart = self._starts, []
        for row in rows:
            stream_id, version, event_id, topic, at, clear, meta, seals, sealed, stored, position, leaf, late_us = row
            if stored is None:
                self._report.found(_at(row, "es.log", "the fact that has this position is missing"))
                continue
            self._report.facts += 1
            start = _FIRST if version == 1 else starts.get(stream_id)
            starts[stream_id] = _NEXT + stored
            computed = start and _computed(start, stream_id, version, event_id, topic, at, clear, meta, seals)
            if computed != stored:
                apart.append(row)
            elif position is not None and sha256(LEAF_PREFIX + stored).digest() != leaf:
                self._report.found(_at(row, "es.log.leaf", "is not the leaf of the fact at its position"))
            if seals != NO_SEALS if sealed is None else not _is_usual(seals, sealed):
                self._envelopes(row)
            if position is None or late_us is not None or not 0 < position <= self._positions:
                self._placed(row, position, late_us or 0)
        if apart:
            await self._again(apart)
        for stream_id in list(starts)[: HEADS_MAX // 2] if len(starts) > HEADS_MAX else ():
            del starts[stream_id]

    async def _again(self, rows: Sequence[asyncpg.Record]) -> None:
        """Check facts whose predecessor did not come just before them, or which are not right."""
        asked = [row["stream_id"] for row in rows], [row["version"] - 1 for row in rows]
        found = await self._reading.fetch(_SQL["check_hashes_before"], *asked)
        for row, before in zip(rows, found, strict=True):
            if row["version"] != 1 and before["hash"] is None:
                self._report.found(_at(row, "es.events", "the fact before it is missing"))
                continue
            start = _FIRST if row["version"] == 1 else _NEXT + before["hash"]
            computed = _computed(start, *list(row)[:8])
            if computed != row["hash"]:
                self._broken(row, computed)
            elif row["leaf"] is not None and sha256(LEAF_PREFIX + computed).digest() != row["leaf"]:
                self._report.found(_at(row, "es.log.leaf", "is not the leaf of the fact at its position"))

    def _broken(self, row: asyncpg.Record, computed: bytes) -> None:
        """Say which column it was, as far as the leaf tells."""
        place, detail = "es.events", "one of its hashed columns, or the hash of the fact before it, was altered"
        if row["leaf"] == sha256(LEAF_PREFIX + computed).digest():
            place, detail = "es.events.hash", "is not the fact's hash"
        self._report.found(_at(row, place, detail))

    def _envelopes(self, row: asyncpg.Record) -> None:
        seals, sealed = row["seals"], row["sealed"]
        try:
            known, parts = seals_of(seals), unframed(seals, sealed)
        except (FrameBroken, msgspec.DecodeError, msgspec.ValidationError):
            self._report.found(_at(row, "es.events.sealed", "is not the frame of the envelopes that its seals name"))
            return
        if sealed is not None and not known:
            self._report.found(_at(row, "es.events.sealed", "the fact has no envelope"))
        for seal, part in zip(known, parts, strict=True):
            if part is None:
                self._report.found(_at(row, "es.events.sealed", "was taken away, and no fact says so"))
            elif sha256(part.sealed).hexdigest() != seal.digest:
                self._report.found(_at(row, "es.events.sealed", "an envelope is not the one that was stored"))

    def _placed(self, row: asyncpg.Record, position: int | None, late_us: int) -> None:
        """Note a fact without a position, or whose position holds another time than its own."""
        if position is None:
            self._report.waiting += 1
            return
        if not 0 < position <= self._positions:
            self._report.found(_at(row, "es.log.position", "lies outside of the log"))
            return
        if late_us < 0:
            self._report.found(_at(row, "es.log.held_at", "is before the time of its fact"))
            return
        byte, bit = divmod(position, 8)
        self.held[byte] |= 1 << bit
        inversions = self._report.inversions
        inversions.count += 1
        inversions.first_position = min(position, inversions.first_position or position)
        inversions.seconds_max = max(inversions.seconds_max, late_us / 1_000_000)


def _computed(  # noqa: PLR0917  (names at each of millions of calls would cost as much as the hash)
    start: bytes,
    stream_id: UUID,
    version: int,
    event_id: UUID,
    topic: str,
    at: bytes,
    clear: bytes,
    meta: bytes,
    seals: bytes,
) -> bytes:
    """The fact's hash, as infra/transparency.py says. `start`: its first two parts, each after its length."""
    version_text, topic_text = b"%d" % version, topic.encode()
    time_text = b"%d" % (int.from_bytes(at, "big", signed=True) + _POSTGRES_EPOCH_MICROSECONDS)
    longest = max(len(clear), len(meta), len(seals), len(topic_text))
    lengths = _LENGTHS if longest < len(_LENGTHS) else _AnyLength()
    return sha256(
        b"".join(
            (
                start,
                _UUID_LENGTH,
                str(stream_id).encode(),
                lengths[len(version_text)],
                version_text,
                _UUID_LENGTH,
                str(event_id).encode(),
                lengths[len(topic_text)],
                topic_text,
                lengths[len(time_text)],
                time_text,
                lengths[len(clear)],
                clear,
                lengths[len(meta)],
                meta,
                lengths[len(seals)],
                seals,
            )
        )
    ).digest()


class _AnyLength:
    """Lengths as four bytes, however long."""

    def __getitem__(self, number: int) -> bytes:
        return number.to_bytes(4, "big")


def _is_usual(seals: bytes, sealed: bytes) -> bool:
    """Whether this is one envelope, the one that its seal names: the frequent case, read without parsing JSON."""
    return (
        len(seals) == _ONE_SEAL_BYTES
        and sha256(sealed[4:]).hexdigest().encode() == seals[_DIGEST]
        and sealed[:4] == (len(sealed) - 4).to_bytes(4, "big")
    )


def _at(row: asyncpg.Record, place: str, detail: str) -> Finding:
    return Finding(place, detail, row["stream_id"], row["version"], row["position"])
