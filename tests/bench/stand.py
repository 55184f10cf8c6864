"""A server that flushes what it commits, with a database of facts, one of keys and one for limits and peers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from contracts.stored import Work
from infra.embedded.postgres import SETTINGS, EmbeddedPostgres
from infra.event_store import PostgresRecord
from infra.migrate import migrate
from infra.postgres import Pool, open_pool
from infra.sealing import KeyRing, migrate_keys
from tests.bench.matter import IDS, ROWS_SQL, ROWS_TABLE, Matter, command, matter_rows

DATABASES = ("facts", "keys", "plain")
KEK = bytes(range(32))
POOL_SIZE_MAX = 8
CONNECTIONS_MAX = "120"
"""Plain INSERTs want 64; an embedded server has 60."""
BEGIN_AT_ONCE = 16


@dataclass
class Stand:
    """`url`: of the facts. `plain`: the URL of an empty database, for limits and peers."""

    pool: Pool
    keys: KeyRing
    url: str
    plain: str

    def record(self, *, rows: bool = False, on_commit: Callable[[], None] = lambda: None) -> PostgresRecord:
        return PostgresRecord(self.pool, self.keys, (matter_rows,) if rows else (), ROWS_SQL, on_commit)


@asynccontextmanager
async def opened_stand(folder: Path) -> AsyncIterator[Stand]:
    SETTINGS["max_connections"] = CONNECTIONS_MAX
    server = EmbeddedPostgres(folder, list(DATABASES), durable=True)
    await server.start()
    try:
        pool = await open_pool(server.url("facts"), application_name="bench", size_max=POOL_SIZE_MAX)
        keys_pool = await open_pool(server.url("keys"), application_name="bench-keys", size_max=4)
        await migrate(pool)
        await migrate_keys(keys_pool)
        await pool.execute(ROWS_TABLE)
        try:
            yield Stand(pool, KeyRing(keys_pool, KEK), server.url("facts"), server.url("plain"))
        finally:
            pool.terminate()
            keys_pool.terminate()
    finally:
        await server.stop()


async def begun(record: PostgresRecord, count: int) -> list[Matter]:
    """Matters of one fact each, their keys at hand as those of busy cases are."""
    matters = [Matter.begin(IDS.new()) for _ in range(count)]
    for at in range(0, count, BEGIN_AT_ONCE):
        await asyncio.gather(*(store(record, matter) for matter in matters[at : at + BEGIN_AT_ONCE]))
    return matters


async def store(record: PostgresRecord, matter: Matter) -> None:
    async def decide() -> Work:
        return Work(streams=(matter,))

    await record.transact(command(), decide)


async def move(record: PostgresRecord, matter: Matter) -> None:
    """One command, one fact."""

    async def decide() -> Work:
        matter.move()
        return Work(streams=(matter,))

    await record.transact(command(), decide)


async def timed(callers: list[Callable[[], Awaitable[None]]], seconds: float) -> tuple[float, list[float]]:
    """Every caller over and over for so long: calls per second, and how many seconds each took, sorted."""
    took: list[float] = []
    started = time.perf_counter()

    async def over_and_over(call: Callable[[], Awaitable[None]]) -> None:
        while (begin := time.perf_counter()) < started + seconds:
            await call()
            took.append(time.perf_counter() - begin)

    await asyncio.gather(*(over_and_over(call) for call in callers))
    rate = len(took) / (time.perf_counter() - started)
    return rate, sorted(took)


def quantile(ordered: list[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


async def connections(url: str, count: int) -> list[asyncpg.Connection[asyncpg.Record]]:
    return [await asyncpg.connect(url) for _ in range(count)]
