"""Sees at a glance that blocks of the log are as they were written: every hash, envelope and leaf of every fact.

This is what is done for each of many millions, and written for speed. It only tells whether all is well; what is wrong
with a block that is not says fact_check.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from infra.event_store.columns import cut, cut_optional, evenly, numbers, sizes
from infra.event_store.fact_check import POSTGRES_EPOCH_US
from infra.event_store.stored_form import NO_SEALS, ONE_SEAL_BYTES
from infra.merkle import HASH_BYTES, LEAF_PREFIX
from infra.transparency import LABEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncpg

HEADS_MAX = 200_000
"""Streams whose last hash is kept at hand; those of others are read again."""
_LENGTHS = [number.to_bytes(4, "big") for number in range(128)]
_SHORT = [length.decode() for length in _LENGTHS]
"""Lengths of what is short, and of nothing but ASCII, among text."""
_LABEL = _LENGTHS[len(LABEL)] + LABEL
_FIRST = _LABEL + _LENGTHS[0]
_NEXT = _LABEL + _LENGTHS[HASH_BYTES]
_ID_CHARACTERS = 36
_ID = _SHORT[_ID_CHARACTERS]
_NONE = _LENGTHS[len(NO_SEALS)] + NO_SEALS
_ONE = _LENGTHS[ONE_SEAL_BYTES]
_SEAL_SIZE = slice(-ONE_SEAL_BYTES - 4, -ONE_SEAL_BYTES)
_DIGEST = slice(-67, -3)
"""Where the length of a single seal's JSON stands before it, and the digest in it."""


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
        hashes, leaves = block["hashes"], block["leaves"]
        if not count or not len(hashes or b"") == len(leaves) == count * HASH_BYTES:
            return seen
        if len(self._starts) > HEADS_MAX:
            self._starts.clear()
        try:
            seen.sound = self._facts(block, seen.apart)
        except IndexError:
            return seen
        if block["times"] != block["held"]:
            held, times = _in_order(block, [numbers(block["held"]), numbers(block["times"])])
            seen.late = [(at, held[at] - times[at]) for at in range(count) if held[at] != times[at]]
            seen.sound = seen.sound and all(late > 0 for _, late in seen.late)
        return seen

    def _facts(self, block: asyncpg.Record, apart: list[tuple[str, int, bytes, bytes]]) -> bool:
        starts, short, sound = self._starts, _SHORT, True
        first, none = (1, _FIRST), (0, b"")
        for stream, version, event, topic, time, tail, sealed, stored, leaf in zip(*_columns(block), strict=True):
            number, recorded = str(version), str(time + POSTGRES_EPOCH_US)
            head = (
                f"{_ID}{stream}{short[len(number)]}{number}{_ID}{event}"
                f"{short[len(topic)]}{topic}{short[len(recorded)]}{recorded}"
            ).encode()
            following, start = first if version == 1 else starts.get(stream, none)
            if following != version:
                apart.append((stream, version - 1, head + tail, stored))
            elif sha256(b"".join((start, head, tail))).digest() != stored:
                sound = False
            if sha256(LEAF_PREFIX + stored).digest() != leaf:
                sound = False
            if not tail.endswith(_NONE) if sealed is None else not is_lone(tail, sealed):
                sound = False
            starts[stream] = version + 1, _NEXT + stored
        return sound


def _columns(block: asyncpg.Record) -> list[Sequence[Any]]:
    """Its columns in the order of its positions."""
    columns = [
        evenly(block["streams"], _ID_CHARACTERS),
        numbers(block["versions"]),
        evenly(block["events"], _ID_CHARACTERS),
        cut(block["topics"], sizes(block["topics_sizes"])),
        numbers(block["times"]),
        cut(block["rest"], sizes(block["rest_sizes"])),
        cut_optional(block["sealed"], sizes(block["sealed_sizes"])),
        evenly(block["hashes"], HASH_BYTES),
        evenly(block["leaves"], HASH_BYTES),
    ]
    return _in_order(block, columns)


def _in_order(block: asyncpg.Record, columns: list[Sequence[Any]]) -> list[Sequence[Any]]:
    positions = numbers(block["positions"])
    if positions == tuple(sorted(positions)):
        return columns
    places = sorted(range(len(positions)), key=positions.__getitem__)
    return [[column[at] for at in places] for column in columns]


def follows(rest: bytes, before: bytes | None, stored: bytes) -> bool:
    """Whether a fact set `apart` gives its hash after that of the fact before it. None: that one is missing."""
    return before is not None and sha256(_NEXT + before + rest).digest() == stored


def is_lone(tail: bytes, sealed: bytes) -> bool:
    """Whether this is one envelope, the one that the fact's one seal names, with whose JSON its `tail` ends.

    No JSON holds the bytes of a length: what stands before it tells that the seal is the only one.
    """
    return (
        tail[_SEAL_SIZE] == _ONE
        and sha256(sealed[4:]).hexdigest().encode() == tail[_DIGEST]
        and sealed[:4] == (len(sealed) - 4).to_bytes(4, "big")
    )
