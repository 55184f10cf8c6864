"""The whole record: whatever byte of whatever column is changed, the check finds it and says where."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from contracts.stored import Work
from infra.checkpointer import Checkpointer
from infra.event_store import stream_history, verify_log
from infra.event_store.finding import FINDINGS_MAX, Finding
from infra.event_store.verification import check_log
from infra.log_tree import LogTree
from infra.merkle import leaf_hash, verify_consistency
from infra.sequencer import Sequencer
from tests.support.notebook import NOW, Notebook, Page, context
from tests.support.own_record import OwnRecord, own_record

FLIPS = 10
"""Of each column, each of another byte of another row."""
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
COLUMNS = {
    "es.events": {
        "stream_id": "uuid",
        "version": "bigint",
        "event_id": "uuid",
        "topic": "text",
        "clear": "bytea",
        "seals": "bytea",
        "sealed": "bytea",
        "meta": "bytea",
        "recorded_at": "timestamptz",
        "hash": "bytea",
    },
    "es.log": {
        "position": "bigint",
        "stream_id": "uuid",
        "version": "bigint",
        "leaf": "bytea",
        "held_at": "timestamptz",
    },
    "es.log_nodes": {"level": "int", "index": "bigint", "hash": "bytea"},
    "es.signed_checkpoints": {"size": "bigint", "root": "bytea", "note": "text", "at": "timestamptz"},
    "es.signing_keys": {"key_id": "bytea", "origin": "text", "public": "bytea"},
    "es.streams": {"stream_id": "uuid", "version": "bigint", "head_hash": "bytea"},
}


@pytest.fixture(scope="module")
async def filled(postgres_server: Any) -> AsyncIterator[OwnRecord]:
    """320 facts in 20 streams, 40 of them not signed for yet; some recorded before their predecessors."""
    admin = await asyncpg.connect(postgres_server.url("tests"))
    async with AsyncExitStack() as resources:
        resources.push_async_callback(admin.close)
        for name in ("flip", "flip_keys"):
            await admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY wal_log")
            resources.push_async_callback(admin.execute, f"DROP DATABASE {name} WITH (FORCE)")
        base = postgres_server.url("tests").rsplit("/", 1)[0]
        own = await resources.enter_async_context(own_record(f"{base}/flip", f"{base}/flip_keys"))
        await fill(own)
        yield own


async def fill(own: OwnRecord) -> None:
    checkpointer = Checkpointer(own.pool, "notes", bytes(32))
    sequencer = Sequencer(own.pool, asyncio.Event(), lambda _position: None)
    books = [await own.begin(content=Page("dear diary") if number % 3 else None) for number in range(20)]
    for line in range(15):
        for number, book in enumerate(books):
            await note(own, book, f"line {line} of {number}", seconds=line - 3 * (number % 2))
        await sequencer.catch_up()
        if line < 13:
            await checkpointer.sign_now()


async def note(own: OwnRecord, book: Any, line: str, *, seconds: int) -> None:
    async def decide() -> Work:
        notebook = await own.record.load(Notebook, book)
        assert notebook is not None
        notebook.note(line, "secret" if seconds % 2 else None)
        for fact in notebook.pending_events:
            fact.__dict__["timestamp"] = NOW + timedelta(seconds=seconds)
        return Work(streams=(notebook,))

    await own.record.transact(context(), decide)


async def test_an_untouched_record_is_sound(filled: OwnRecord) -> None:
    report = await verify_log(filled.pool)
    assert report.sound, report.findings
    assert (report.facts, report.positions, report.waiting, report.streams) == (320, 320, 0, 20)
    assert (report.origin, report.checkpoints, report.signed) == ("eender/notes", 13, 280)
    assert report.inversions.count > 0
    assert report.inversions.seconds_max == pytest.approx(3.0)


LAST_FACT = """DELETE FROM es.events WHERE (stream_id, version) =
  (SELECT stream_id, version FROM es.log WHERE position = 320)"""
CASES = [(table, column, kind) for table, columns in COLUMNS.items() for column, kind in columns.items()]


@pytest.mark.parametrize(("table", "column", "kind"), CASES)
async def test_a_flipped_byte_is_found_at_its_place(filled: OwnRecord, table: str, column: str, kind: str) -> None:
    rows = await filled.pool.fetch(f"SELECT ctid::text AS place, * FROM {table} WHERE {column} IS NOT NULL ORDER BY 1")
    stored = 0
    for number in range(FLIPS * 4):
        seed = sha256(f"{table} {column} {number}".encode()).digest()
        row = rows[int.from_bytes(seed[:8], "big") % len(rows)]
        findings = await findings_after(filled, table, column, flipped(row[column], kind, seed[8:]), row["place"])
        if findings is None:
            continue
        assert findings, f"nobody noticed: {table}.{column} of {dict(row)}"
        assert names(findings, table, row), (findings[:3], dict(row))
        stored += 1
        if stored == FLIPS:
            return
    assert stored, "no change could be stored at all"


async def findings_after(own: OwnRecord, table: str, column: str, value: Any, place: str) -> Sequence[Finding] | None:
    """What the check finds in a transaction that changes one row and is undone; None: the change cannot be stored."""
    if value is None:
        return None
    async with own.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute(f"UPDATE {table} SET {column} = $1 WHERE ctid = $2::text::tid", value, place)
            return (await check_log(connection)).findings
        except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError):
            return None
        finally:
            await transaction.rollback()


def flipped(value: Any, kind: str, seed: bytes) -> Any:
    """The value with one byte of its stored form changed; None where that is no value of its kind."""
    raw = bytearray(stored_form(value, kind))
    low = 2 if kind == "timestamptz" else 0  # years beyond 9999 are no dates here
    raw[low + int.from_bytes(seed[:4], "big") % (len(raw) - low)] ^= seed[4] % 255 + 1
    if kind == "bytea":
        return bytes(raw)
    if kind == "uuid":
        return UUID(bytes=bytes(raw))
    if kind == "text":
        try:
            return None if 0 in raw else raw.decode()
        except UnicodeDecodeError:
            return None
    number = int.from_bytes(raw, "big", signed=True)
    return EPOCH + timedelta(microseconds=number) if kind == "timestamptz" else number


def stored_form(value: Any, kind: str) -> bytes:
    match kind:
        case "uuid":
            return UUID(str(value)).bytes
        case "text":
            return str(value).encode()
        case "timestamptz":
            return int((value - EPOCH) // timedelta(microseconds=1)).to_bytes(8, "big", signed=True)
        case "bigint" | "int":
            return int(value).to_bytes(8 if kind == "bigint" else 4, "big", signed=True)
    raw: bytes = value
    return raw


def names(findings: Sequence[Finding], table: str, row: asyncpg.Record) -> bool:
    """Whether the first finding, or for tables beside the log any, is where the change was made."""
    first = findings[0]
    if table == "es.events":
        return (first.stream_id, first.version) == (row["stream_id"], row["version"])
    if table == "es.log":
        # A position may come to lie before all others: then its fact is named first, and the gap it left next.
        is_its_fact = (first.stream_id, first.version) == (row["stream_id"], row["version"])
        return bool(first.position == row["position"]) or is_its_fact
    if table == "es.streams":
        return any(each.place == table and each.stream_id == row["stream_id"] for each in findings)
    return first.place.startswith(table)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (LAST_FACT, 320),
        ("DELETE FROM es.log WHERE position = 320", None),
        ("DELETE FROM es.log WHERE position = 7", 7),
        ("UPDATE es.sequencer SET next_position = 300", None),
        ("DELETE FROM es.log_nodes", None),
        ("DELETE FROM es.signing_keys", None),
        ("UPDATE es.events SET sealed = NULL WHERE version = 1 AND sealed IS NOT NULL", 2),
        ("UPDATE es.log SET leaf = substr(leaf, 1, 31) WHERE position = 9", 9),
    ],
)
async def test_what_was_taken_away_is_missed(filled: OwnRecord, change: str, place: int | None) -> None:
    async with filled.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        assert not (await connection.execute(change)).endswith(" 0")
        report = await check_log(connection)
        await transaction.rollback()
    assert not report.sound
    assert report.findings[0].position == place, report.findings[:3]


async def test_a_log_rewritten_from_end_to_end_is_not_what_was_signed(filled: OwnRecord) -> None:
    """Every hash recomputed after a change, as somebody with the whole database but not the key could do."""
    async with filled.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("UPDATE es.log SET leaf = sha256(leaf) WHERE position = 5")
        report = await check_log(connection)
        await transaction.rollback()
    assert report.findings[0].position == 5
    assert {each.place for each in report.findings} >= {"es.log.leaf", "es.signed_checkpoints.note", "es.log_nodes"}


async def test_every_checkpoint_is_the_beginning_of_every_later_one(filled: OwnRecord) -> None:
    rows = await filled.pool.fetch("SELECT size, root FROM es.signed_checkpoints ORDER BY size")
    for number, old in enumerate(rows):
        for new in rows[number:]:
            path = await LogTree(filled.pool).consistency_path(old["size"], new["size"])
            assert verify_consistency(old["size"], new["size"], path, old["root"], new["root"])


async def test_facts_may_lie_in_any_order_and_be_more_than_is_kept_at_hand(
    filled: OwnRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.event_store.check_part.PAGE_ROWS", 7)
    monkeypatch.setattr("infra.event_store.verification.PAGE_TILES", 1)
    monkeypatch.setattr("infra.event_store.block_check.HEADS_MAX", 3)
    async with filled.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("UPDATE es.events SET topic = topic WHERE version % 3 = 0")
        assert (await check_log(connection)).sound
        await connection.execute("UPDATE es.events SET topic = 'other'")
        report = await check_log(connection)
        await transaction.rollback()
    assert len(report.findings) == FINDINGS_MAX


async def test_a_fact_cut_out_of_its_chain_is_missed_though_the_next_one_was_hashed_anew(filled: OwnRecord) -> None:
    book = await filled.pool.fetchval("SELECT stream_id FROM es.log WHERE position = 320")
    before, _, last = (await stream_history(filled.pool, book, 0, 1_000))[-3:]
    forged = replace(last, previous_hash=before.hash).with_hash().hash
    async with filled.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("DELETE FROM es.events WHERE stream_id = $1 AND version = $2", book, last.version - 1)
        for table, column in (("es.events", "hash"), ("es.log", "leaf")):
            value = forged if column == "hash" else leaf_hash(forged)
            await connection.execute(
                f"UPDATE {table} SET {column} = $1 WHERE stream_id = $2 AND version = $3", value, book, last.version
            )
        await connection.execute("UPDATE es.streams SET head_hash = $1 WHERE stream_id = $2", forged, book)
        report = await check_log(connection)
        await transaction.rollback()
    assert ("es.events", "the fact before it is missing", last.version) in {
        (each.place, each.detail, each.version) for each in report.findings
    }
