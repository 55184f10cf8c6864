"""Sees at a glance that blocks of the log are as they were written: every hash, envelope and leaf of every fact.

This is what is done for each of many millions, and written for speed. It only tells whether all is well; what is wrong
with a block that is not says fact_check.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from struct import unpack
from typing import TYPE_CHECKING

from infra.event_store.fact_check import POSTGRES_EPOCH_US
from infra.event_store.stored_form import NO_SEALS, ONE_SEAL_BYTES
from infra.merkle import HASH_BYTES, LEAF_PREFIX
from infra.transparency import LABEL

if TYPE_CHECKING:
    import asyncpg

HEADS_MAX = 200_000
"""Streams whose last hash is kept at hand; those of others are read again."""
_LENGTHS = [number.to_bytes(4, "big") for number in range(8192)]
_SHORT = [length.decode() for length in _LENGTHS[:128]]
"""Lengths of what is short, and of nothing but ASCII, among text."""
_LABEL = _LENGTHS[len(LABEL)] + LABEL
_FIRST = _LABEL + _LENGTHS[0]
_NEXT = _LABEL + _LENGTHS[HASH_BYTES]
_ID = _SHORT[36]
_DIGEST = slice(-67, -3)
"""Where the digest stands in the JSON of a single seal."""


@dataclass(slots=True)
class Seen:
    """What a look at a block told: whether it is `sound` so far, and what is left to ask.

    `apart`: facts whose predecessor is not at hand, as stream, its version before and what to compute, less the
    beginning, with the hash that must come out. `late`: place in the block, and by how many microseconds the position's
    time is later than the fact's.
    """

    sound: bool = False
    apart: list[tuple[str, int, bytes, bytes]] = field(default_factory=list)
    late: list[tuple[int, int]] = field(default_factory=list)


class BlockCheck:
    """Takes blocks of `check_blocks` in order."""

    def __init__(self) -> None:
        self._starts: dict[str, tuple[int, bytes]] = {}
        """By stream: the version that comes next, and what its hash begins with."""

    def look(self, block: asyncpg.Record) -> Seen:
        """Look at a block. One with a fact that is missing or unusually long is never sound."""
        seen, count = Seen(), block["count"]
        hashes, leaves, stored_times = block["hashes"], block["leaves"], block["times"]
        if not count or not len(hashes or b"") == len(leaves) == count * HASH_BYTES:
            return seen
        if len(self._starts) > HEADS_MAX:
            self._starts.clear()
        times = unpack(f">{count}q", stored_times)
        try:
            seen.sound = self._facts(block, times, seen.apart)
        except IndexError:
            return seen
        if stored_times != block["held"]:
            held = unpack(f">{count}q", block["held"])
            seen.late = [(at, held[at] - times[at]) for at in range(count) if held[at] != times[at]]
            seen.sound = seen.sound and all(late > 0 for _, late in seen.late)
        return seen

    def _facts(self, block: asyncpg.Record, times: tuple[int, ...], apart: list[tuple[str, int, bytes, bytes]]) -> bool:
        starts, lengths, short, sound, at = self._starts, _LENGTHS, _SHORT, True, 0
        first, none = (1, _FIRST), (0, b"")
        hashes, leaves = block["hashes"], block["leaves"]
        names = ("streams", "versions", "events", "topics", "clear", "meta", "seals", "sealed")
        for stream, version, event, topic, clear, meta, seals, sealed, time in zip(
            *map(block.__getitem__, names), times, strict=True
        ):
            stored = hashes[at : at + HASH_BYTES]
            number, recorded = str(version), str(time + POSTGRES_EPOCH_US)
            head = (
                f"{_ID}{stream}{short[len(number)]}{number}{_ID}{event}"
                f"{short[len(topic)]}{topic}{short[len(recorded)]}{recorded}"
            )
            rest = b"".join(
                (head.encode(), lengths[len(clear)], clear, lengths[len(meta)], meta, lengths[len(seals)], seals)
            )
            following, start = first if version == 1 else starts.get(stream, none)
            if following != version:
                apart.append((stream, version - 1, rest, stored))
            elif sha256(start + rest).digest() != stored:
                sound = False
            if sha256(LEAF_PREFIX + stored).digest() != leaves[at : at + HASH_BYTES]:
                sound = False
            if seals != NO_SEALS if sealed is None else not is_lone(seals, sealed):
                sound = False
            starts[stream] = version + 1, _NEXT + stored
            at += HASH_BYTES
        return sound


def follows(rest: bytes, before: bytes | None, stored: bytes) -> bool:
    """Whether a fact set `apart` gives its hash after that of the fact before it. None: that one is missing."""
    return before is not None and sha256(_NEXT + before + rest).digest() == stored


def is_lone(seals: bytes, sealed: bytes) -> bool:
    """Whether this is one envelope, the one that its seal names: the frequent case, read without parsing JSON."""
    return (
        len(seals) == ONE_SEAL_BYTES
        and sha256(sealed[4:]).hexdigest().encode() == seals[_DIGEST]
        and sealed[:4] == (len(sealed) - 4).to_bytes(4, "big")
    )
