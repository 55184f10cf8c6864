"""Checks that a stream, or a whole log, is what was written: no fact changed, moved, left out or slipped in."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

from infra.checkpoints import VerifierKey
from infra.event_store.check_part import check_elsewhere
from infra.event_store.checked_parts import checked_parts
from infra.event_store.finding import EnoughFound, Finding, LogReport
from infra.event_store.reading import Reading
from infra.event_store.stored_form import FrameBroken, seals_of, unframed
from infra.event_store.tree_check import TreeCheck, check_checkpoint
from infra.sql import statements

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import asyncpg

    from infra.event_store.stored_form import StoredFact
    from infra.postgres import Connection, Pool

PAGE_ROWS = 1_000
PAGE_TILES = 64
Progress: TypeAlias = "Callable[[int, int], None]"
"""Told (position reached, last position)."""
_SQL = statements("infra.event_store")
_POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class ChainBroken(Exception):  # noqa: N818
    """A stored fact is not what was written."""

    def __init__(self, version: int, detail: str) -> None:
        super().__init__(f"version {version}: {detail}")
        self.version = version


def verify_stream(facts: Sequence[StoredFact], *, head: bytes | None = None) -> tuple[int, ...]:
    """Check a whole stream from version 1. `head`: the hash it must end with, known from elsewhere.

    Returns the versions of which an envelope is withheld: whether a later fact accounts for that, the caller knows.

    Raises:
        ChainBroken: at the first version that is not right.
    """
    previous: bytes | None = None
    withheld = []
    for version, fact in enumerate(facts, start=1):
        if fact.version != version or fact.stream_id != facts[0].stream_id:
            raise ChainBroken(version, "a fact is missing, or belongs elsewhere")
        if fact.computed_hash(previous) != fact.hash:
            raise ChainBroken(version, "the fact does not give its hash")
        if not _envelopes_match(fact):
            withheld.append(version)
        previous = fact.hash
    if head is not None and head != previous:
        raise ChainBroken(len(facts) + 1, "the stream does not end with its head")
    return tuple(withheld)


def _envelopes_match(fact: StoredFact) -> bool:
    whole = True
    try:
        parts = unframed(fact.seals, fact.sealed)
    except FrameBroken as error:
        raise ChainBroken(fact.version, "the frame of its envelopes is damaged") from error
    for seal, part in zip(seals_of(fact.seals), parts, strict=True):
        if part is None:
            whole = False
        elif sha256(part.sealed).hexdigest() != seal.digest:
            raise ChainBroken(fact.version, "an envelope is not the one that was stored")
    return whole


async def verify_log(pool: Pool, *, url: str | None = None, progress: Progress = lambda _at, _last: None) -> LogReport:
    """Check a service's whole record as it is at this moment; the service may go on writing.

    Every fact's hash, chain, envelopes and leaf; contiguous positions with times that never go back; the stored nodes
    and every signed checkpoint against the recomputed tree. What is wrong stands in `findings`, the first one first.
    `url`: of the same database, so that other processes can help where there is much to check.
    """
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        return await check_log(connection, url=url, progress=progress)


async def check_log(
    connection: Connection, *, url: str | None = None, progress: Progress = lambda _at, _last: None
) -> LogReport:
    """The same as this connection's transaction sees it, whose settings it changes. `url` None: without help."""
    report = LogReport()
    await connection.execute(_SQL["check_settings"])
    with contextlib.suppress(EnoughFound):
        await _check(Reading(connection), report, url, progress)
    report.put_in_order()
    return report


async def _check(reading: Reading, report: LogReport, url: str | None, progress: Progress) -> None:
    (ends,) = await reading.fetch(_SQL["check_positions"])
    positions = ends["count"]
    checkpoints = await reading.fetch(_SQL["check_checkpoints"])
    held = bytearray(positions // 8 + 1)
    tree = TreeCheck(report, held, [row["size"] for row in checkpoints])
    whole = True
    async with checked_parts(reading, url, positions=positions) as parts:
        # Counting reads all of two tables, while helpers are at work already.
        (counts,) = await reading.fetch(_SQL["check_counts"])
        report.streams = counts["streams"]
        async for (first, last), part in parts:
            report.add(part.report)
            at = (first - 1) // 8
            held[at : at + len(part.held)] = part.held
            whole = whole and await _check_tiles(reading, report, tree, first, last, facts=counts["facts"])
            progress(last, positions)
    await check_elsewhere(reading, report, positions=positions, facts=counts["facts"])
    await _check_streams(reading, report, counts)
    if not positions == (ends["last"] or 0) == ends["given"]:
        detail = f"{positions} positions up to {ends['last']} are there, but {ends['given']} were given"
        report.found(Finding("es.log.position", detail))
    if not whole:
        return
    report.root = tree.root().hex()
    await _check_nodes(reading, report, tree, max((row["size"] for row in checkpoints), default=0))
    await _check_signed(reading, report, tree, checkpoints)


async def _check_streams(reading: Reading, report: LogReport, counts: asyncpg.Record) -> None:
    for row in await reading.fetch(_SQL["check_heads"]):
        detail = "the stream does not end with its head"
        report.found(Finding("es.streams", detail, row["stream_id"], row["version"]))
    if counts["versions"] != counts["facts"] or report.findings:
        # Else every stream has all its facts, for each has the one before it, and there are no others.
        for row in await reading.fetch(_SQL["check_strays"]):
            detail = "the stream does not end with its head"
            report.found(Finding("es.streams", detail, row["stream_id"], row["version"]))


async def _check_tiles(
    reading: Reading, report: LogReport, tree: TreeCheck, first: int, last: int, *, facts: int
) -> bool:
    """Grow the tree; False: there is a gap, and what follows means nothing."""
    async with reading.pages(_SQL["check_tiles"], (first - 1) >> 8, (last - 1) >> 8, rows=PAGE_TILES) as pages:
        async for page in pages:
            for row in page:
                report.positions += row["count"]
                if not tree.tile(row):
                    # Nothing is missing where a leaf of a wrong length was found before.
                    for gap in await reading.fetch(_SQL["check_gap"], row["index"], facts):
                        report.found(Finding("es.log.position", "nobody has this position", position=gap["position"]))
                    return False
    return True


async def _check_nodes(reading: Reading, report: LogReport, tree: TreeCheck, signed: int) -> None:
    """The stored nodes are those of the tree, all that were full when the last checkpoint was signed."""
    missing = {place for place in tree.nodes if (place[1] + 1) * 256 ** place[0] <= signed}
    async with reading.pages(_SQL["check_nodes"], rows=PAGE_ROWS) as pages:
        async for page in pages:
            for row in page:
                place = (row["level"], row["index"])
                missing.discard(place)
                if tree.nodes.get(place) != row["hash"]:
                    report.found(Finding("es.log_nodes", f"level {place[0]} index {place[1]} is not of this tree"))
    for level, index in sorted(missing):
        report.found(Finding("es.log_nodes", f"level {level} index {index} is missing"))


async def _check_signed(
    reading: Reading, report: LogReport, tree: TreeCheck, checkpoints: Sequence[asyncpg.Record]
) -> None:
    keys = {}
    for row in await reading.fetch(_SQL["check_keys"]):
        key = VerifierKey(row["origin"], row["public"])
        report.origin = report.origin or row["origin"]
        keys[key.key_id] = key
        if key.key_id != row["key_id"]:
            report.found(Finding("es.signing_keys", f"key {row['key_id'].hex()} is not what its id says"))
    for row in checkpoints:
        time = tree.times.get(row["size"])
        at = None if time is None else _POSTGRES_EPOCH + timedelta(microseconds=time)
        wrong = check_checkpoint(row, keys, root=tree.roots.get(row["size"]), at=at)
        if wrong is None:
            report.checkpoints, report.signed, report.signed_at = report.checkpoints + 1, row["size"], row["at"]
        else:
            report.found(wrong)
