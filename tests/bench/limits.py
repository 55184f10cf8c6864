"""What the database itself can do, and what the library's own recorder does with it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from functools import partial
from urllib.parse import urlsplit

import asyncpg
from eventsourcing.persistence import StoredEvent

from tests.bench.matter import CLEAR_BYTES, IDS, SEALED_BYTES
from tests.bench.stand import connections, quantile, timed

COPY_ROWS = 500
INSERT_CONNECTIONS = 64
STOCK_THREADS = 16
TOPIC = "matter.moved.v1"
CLEAR, SEALED = b"c" * CLEAR_BYTES, b"s" * SEALED_BYTES
TABLE = (
    "DROP TABLE IF EXISTS plain; CREATE TABLE plain (stream_id uuid NOT NULL, version bigint NOT NULL,"
    " topic text NOT NULL, clear bytea NOT NULL, sealed bytea NOT NULL, PRIMARY KEY (stream_id, version))"
)
INSERT = "INSERT INTO plain VALUES ($1, $2, $3, $4, $5)"


async def copy_rate(url: str, seconds: float) -> float:
    """Rows per second: COPY of 500 rows per commit over one connection; the rows are made beforehand."""
    connection = await asyncpg.connect(url)
    await connection.execute(TABLE)
    batches = iter(range(1, 1_000_000))
    ids = [IDS.new() for _ in range(COPY_ROWS)]

    async def copy() -> None:
        version = next(batches)
        rows = [(stream_id, version, TOPIC, CLEAR, SEALED) for stream_id in ids]
        await connection.copy_records_to_table("plain", records=rows)

    rate, _ = await timed([copy], seconds)
    await connection.close()
    return rate * COPY_ROWS


async def insert_times(url: str, seconds: float) -> tuple[float, float, float]:
    """INSERTs of one row each over 64 connections: per second, and p50 and p99 in ms."""
    opened = await connections(url, INSERT_CONNECTIONS)
    await opened[0].execute(TABLE)

    async def insert(statement: asyncpg.prepared_stmt.PreparedStatement[asyncpg.Record]) -> None:
        await statement.fetch(IDS.new(), 1, TOPIC, CLEAR, SEALED)

    callers: list[Callable[[], Awaitable[None]]] = [
        partial(insert, await connection.prepare(INSERT)) for connection in opened
    ]
    rate, took = await timed(callers, seconds)
    for connection in opened:
        await connection.close()
    return rate, quantile(took, 0.5) * 1000, quantile(took, 0.99) * 1000


def _stock_rate(url: str, seconds: float) -> float:
    from eventsourcing.postgres import (  # noqa: PLC0415  (psycopg may not be there)
        PostgresApplicationRecorder,
        PostgresDatastore,
    )

    parts = urlsplit(url)
    datastore = PostgresDatastore(
        parts.path.lstrip("/"),
        parts.hostname or "",
        str(parts.port),
        parts.username or "",
        parts.password or "",
        pool_size=STOCK_THREADS,
    )
    recorder = PostgresApplicationRecorder(datastore)
    recorder.create_table()
    counts = [0] * STOCK_THREADS
    until = time.perf_counter() + seconds

    def append(place: int) -> None:
        while time.perf_counter() < until:
            recorder.insert_events([StoredEvent(IDS.new(), 1, TOPIC, CLEAR + SEALED)])
            counts[place] += 1

    threads = [threading.Thread(target=append, args=(place,)) for place in range(STOCK_THREADS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = sum(counts) / (time.perf_counter() - started)
    datastore.close()
    return rate


async def stock_rate(url: str, seconds: float) -> float | None:
    """Appends per second of the library's PostgresApplicationRecorder, 16 threads; None without psycopg."""
    try:
        return await asyncio.to_thread(_stock_rate, url, seconds)
    except ImportError:
        return None
