"""A record on real databases, with its keys, for one test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from contracts.stored import CommandContext, Committed, Row, Work
from infra.event_store import Log, PostgresRecord, StoredFact, stream_history
from infra.migrate import migrate
from infra.postgres import Pool, open_pool
from infra.sealing import KeyRing, migrate_keys
from tests.support.notebook import IDS, LINES_SQL, LINES_TABLE, Notebook, Page, context, line_rows

KEK = bytes(range(32))


@dataclass
class OwnRecord:
    """`commits` counts the calls of on_commit."""

    pool: Pool
    keys_pool: Pool
    keys: KeyRing
    record: PostgresRecord = field(init=False)
    commits: int = 0

    def __post_init__(self) -> None:
        self.record = PostgresRecord(self.pool, self.keys, (line_rows,), LINES_SQL, self._count)
        self.log = Log(self.pool)

    def _count(self) -> None:
        self.commits += 1

    async def begin(self, notebook_id: UUID | None = None, content: Page | None = None, **values: Any) -> UUID:
        """Begin a notebook; its owner's id is its own."""
        new = notebook_id or IDS.new()

        async def decide() -> Work:
            return Work(streams=(Notebook.begin(new, new, content, **values),))

        await self.record.transact(context(), decide)
        return new

    async def note(
        self,
        notebook_id: UUID,
        line: str,
        text: str | None = None,
        *,
        rows: tuple[Row, ...] = (),
        under: CommandContext | None = None,
        serialised: bool = False,
        **values: Any,
    ) -> Committed:
        async def decide() -> Work:
            notebook = await self.record.load(Notebook, notebook_id)
            assert notebook is not None
            notebook.note(line, text, **values)
            return Work(streams=(notebook,), rows=rows, outcome={"line": line})

        return await self.record.transact(under or context(), decide, serialise_on=(notebook_id,) if serialised else ())

    async def facts(self, stream_id: UUID) -> list[StoredFact]:
        return await stream_history(self.pool, stream_id, 0, 1_000)

    async def sequence(self) -> None:
        """Give every fact a position, as the sequencer does, in the order of writing."""
        await self.pool.execute(
            "INSERT INTO es.log (position, stream_id, version, leaf, held_at) "
            "SELECT (SELECT coalesce(max(position), 0) FROM es.log) + row_number() OVER (ORDER BY tx, pos),"
            " stream_id, version, sha256('\\x00'::bytea || hash), recorded_at FROM es.events e WHERE NOT EXISTS "
            "(SELECT 1 FROM es.log l WHERE l.stream_id = e.stream_id AND l.version = e.version)"
        )


@asynccontextmanager
async def own_record(database: str, keys_database: str) -> AsyncIterator[OwnRecord]:
    pool = await open_pool(database, application_name="test", size_max=24)
    keys_pool = await open_pool(keys_database, application_name="test-keys", size_max=4)
    try:
        await migrate(pool)
        await migrate_keys(keys_pool)
        await pool.execute(LINES_TABLE)
        yield OwnRecord(pool, keys_pool, KeyRing(keys_pool, KEK))
    finally:
        await pool.close()
        await keys_pool.close()
