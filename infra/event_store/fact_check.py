"""Recomputes stored facts' hashes, envelopes and leaves one by one, and says what is wrong with which.

A fact is checked against the stored hash of the fact before it, which is checked in its turn: so the order does not
matter. Where nothing is wrong the quick way (block_check.py) has seen it before.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from infra.event_store.finding import Finding
from infra.event_store.stored_form import NO_SEALS, FrameBroken, seals_of, unframed
from infra.merkle import LEAF_PREFIX
from infra.sql import statements
from infra.transparency import LABEL
from infra.withholding import accounted_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    import asyncpg

    from infra.event_store.finding import LogReport
    from infra.event_store.reading import Reading

_SQL = statements("infra.event_store")
POSTGRES_EPOCH_US = 946_684_800_000_000


class FactCheck:
    """Takes pages of `check_facts` and notes what is wrong in `report`. `positions`: how many there are.

    `held`: a bit per position, from `first` to `last`, that holds a later time than its fact's.
    """

    def __init__(self, reading: Reading, report: LogReport, *, positions: int, first: int = 1, last: int = 0) -> None:
        self._reading = reading
        self.report = report
        self._withheld: list[asyncpg.Record] = []
        """Facts of this page of which an envelope is missing."""
        self._positions = positions
        self.first = first
        self.last = last
        self.held = bytearray(max(0, last - first) // 8 + 1)

    async def page(self, rows: Sequence[asyncpg.Record]) -> None:
        """Check a page of facts."""
        for row in rows:
            if row["hash"] is None:
                self.report.found(_at(row, "es.log", "the fact that has this position is missing"))
                continue
            self.report.facts += 1
            self._envelopes(row)
            self._placed(row)
        await self._chained([row for row in rows if row["hash"] is not None])
        if self._withheld:
            await self._account()

    async def _chained(self, rows: Sequence[asyncpg.Record]) -> None:
        """Compute every fact's hash after that of the fact before it, and its leaf."""
        asked = [row["stream_id"] for row in rows], [row["version"] - 1 for row in rows]
        found = await self._reading.fetch(_SQL["check_hashes_before"], *asked)
        for row, before in zip(rows, found, strict=True):
            if row["version"] != 1 and before["hash"] is None:
                self.report.found(_at(row, "es.events", "the fact before it is missing"))
                continue
            computed = _computed(None if row["version"] == 1 else before["hash"], row)
            if computed != row["hash"]:
                self._broken(row, computed)
            elif row["leaf"] is not None and sha256(LEAF_PREFIX + computed).digest() != row["leaf"]:
                self.report.found(_at(row, "es.log.leaf", "is not the leaf of the fact at its position"))

    def _broken(self, row: asyncpg.Record, computed: bytes) -> None:
        """Say which column it was, as far as the leaf tells."""
        place, detail = "es.events", "one of its hashed columns, or the hash of the fact before it, was altered"
        if row["leaf"] == sha256(LEAF_PREFIX + computed).digest():
            place, detail = "es.events.hash", "is not the fact's hash"
        self.report.found(_at(row, place, detail))

    def _envelopes(self, row: asyncpg.Record) -> None:
        seals, sealed = row["seals"], row["sealed"]
        if seals == NO_SEALS and sealed is None:
            return
        try:
            known, parts = seals_of(seals), unframed(seals, sealed)
        except (FrameBroken, msgspec.DecodeError, UnicodeDecodeError):
            self.report.found(_at(row, "es.events.sealed", "is not the frame of the envelopes that its seals name"))
            return
        if sealed is not None and not known:
            self.report.found(_at(row, "es.events.sealed", "the fact has no envelope"))
        for seal, part in zip(known, parts, strict=True):
            if part is None:
                self._withheld.append(row)
            elif sha256(part.sealed).hexdigest() != seal.digest:
                self.report.found(_at(row, "es.events.sealed", "an envelope is not the one that was stored"))

    async def _account(self) -> None:
        """Look for the facts that say which envelopes were taken away; what none of them names is a bad place."""
        rows, self._withheld = self._withheld, []
        says: dict[UUID, list[tuple[int, bytes]]] = {}
        for fact in await self._reading.fetch(_SQL["check_accounts"], list({row["stream_id"] for row in rows})):
            says.setdefault(fact["stream_id"], []).append((fact["version"], fact["clear"]))
        accounted = {stream_id: accounted_for(facts) for stream_id, facts in says.items()}
        for row in rows:
            if row["version"] not in accounted.get(row["stream_id"], ()):
                self.report.found(_at(row, "es.events.sealed", "was taken away, and no fact says so"))

    def _placed(self, row: asyncpg.Record) -> None:
        """Note a fact without a position, or whose position holds another time than its own."""
        position, late_us = row["position"], row["late_us"]
        if position is None:
            self.report.waiting += 1
        elif not 0 < position <= self._positions:
            self.report.found(_at(row, "es.log.position", "lies outside of the log"))
        elif late_us is not None and late_us < 0:
            self.report.found(_at(row, "es.log.held_at", "is before the time of its fact"))
        elif late_us and self.first <= position <= self.last:
            hold(self.held, position - self.first)
            self.report.inversions.note(position, late_us / 1_000_000)


def hold(held: bytearray, place: int) -> None:
    """Set one bit."""
    byte, bit = divmod(place, 8)
    held[byte] |= 1 << bit


def _computed(previous: bytes | None, row: asyncpg.Record) -> bytes:
    """The fact's hash, as infra/transparency.py says; a time may lie where no datetime does."""
    recorded_us = int.from_bytes(row["at"], "big", signed=True) + POSTGRES_EPOCH_US
    texts = (row["stream_id"], row["version"], row["event_id"], row["topic"], recorded_us)
    before = LABEL, previous or b"", *(str(text).encode() for text in texts)
    parts = *before, row["clear"], row["meta"], row["seals"]
    return sha256(b"".join([len(part).to_bytes(4, "big") + part for part in parts])).digest()


def _at(row: asyncpg.Record, place: str, detail: str) -> Finding:
    return Finding(place, detail, row["stream_id"], row["version"], row["position"])
