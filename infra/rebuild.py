"""Makes read tables anew from the log, beside the live ones: compares the two, and puts the new ones in their place.

The service goes on meanwhile. Rows are made in a schema of their own, by the same projections and statements that
write the live ones; nothing else can be read or written from there, so a projection that depends on anything but facts
fails. Appends wait for the length of the last step: the facts that came meanwhile, and the change of tables.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from contracts.stored import FactMeta
from infra.clock import jittered_delay_ms
from infra.event_store import AnyFact, Log, Projection
from infra.event_store.opening import opened_facts
from infra.event_store.stored_form import meta_of
from infra.postgres import Connection, Pool
from infra.rebuild_tables import Difference, ReadTable, ScratchTable
from infra.rebuild_writing import write_in_batches
from infra.sealing import KeyRing
from infra.sequencer import Sequencer
from infra.sql import statements

PAGE_FACTS_MAX = 1_000
SWAP_ATTEMPTS_MAX = 60
SWAP_DELAY_MS_BASE = 20
SWAP_DELAY_MS_MAX = 500
SEQUENCED_WAIT_S_MAX = 0.5
RESTARTS_MAX = 5

Progress = Callable[[int, int], None]
"""Told (position reached, last position known)."""


class RebuildRunningError(Exception):
    """Another rebuild of this database is under way."""


class KeysDestroyedError(Exception):
    """Keys were destroyed while rows were made with them: what was made must not be shown."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it: facts read, rows by table, where live and rebuilt rows differed, whether tables were swapped."""

    position: int
    rows: dict[str, int]
    differences: tuple[Difference, ...]
    swapped: bool


class Rebuild:
    """Rebuilds the read tables of one service. `tables`: all that its projections write; `sql`: their statements."""

    def __init__(
        self,
        pool: Pool,
        keys: KeyRing | None,
        *,
        projections: Sequence[Projection],
        sql: Mapping[str, str],
        tables: Sequence[ReadTable],
    ) -> None:
        self._pool = pool
        self._keys = keys
        self._log = Log(pool)
        self._projections = tuple(projections)
        self._statements = sql
        self._tables = tuple(tables)
        self._sql = statements("infra")
        self._pages = statements("infra.event_store")

    async def run(
        self, names: Sequence[str] = (), *, swap: bool = True, progress: Progress = lambda _at, _last: None
    ) -> Rebuilt:
        """Rebuild, compare, and put the tables of those names (none: all) in place of the live ones, if `swap`.

        A rebuild that was cut off leaves nothing that matters: the next one begins anew.

        Raises:
            RebuildRunningError: there is another one.
            KeysDestroyedError: people were forgotten as often as it began anew.
            asyncpg.LockNotAvailableError: somebody holds a table for longer than all attempts took.
            ValueError: a name is no table's.
        """
        unknown = set(names) - {table.name for table in self._tables}
        if unknown:
            raise ValueError(f"no read table is called {min(unknown)}")
        wanted = [table for table in self._tables if not names or table.name in names]
        async with self._connection() as connection:
            for _ in range(RESTARTS_MAX):
                try:
                    return await self._run(connection, wanted, swap=swap, progress=progress)
                except KeysDestroyedError:
                    continue
                finally:
                    await connection.execute(self._sql["drop_scratch"])
        raise KeysDestroyedError(f"keys were destroyed during each of {RESTARTS_MAX} attempts")

    async def _run(
        self, connection: Connection, wanted: Sequence[ReadTable], *, swap: bool, progress: Progress
    ) -> Rebuilt:
        destroyed = await self._destroyed()
        await connection.execute(self._sql["drop_scratch"])
        await connection.execute(self._sql["make_scratch"])
        await self._sequence_all()
        made = [await ScratchTable.make(connection, table) for table in self._tables]
        position = await self._fill(connection, 0, progress)
        for table in made:
            await table.add_indexes(connection)
        position = await self._fill(connection, position, progress)
        chosen = [table for table in made if table.table in wanted]
        suspects = await self._compare(connection, chosen)
        for attempt in range(1, SWAP_ATTEMPTS_MAX + 1):
            position = await self._fill(connection, position, progress)
            try:
                return await self._finish(connection, chosen, suspects, position, destroyed, swap=swap)
            except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
                if attempt == SWAP_ATTEMPTS_MAX:
                    raise
            delay_ms = jittered_delay_ms(attempt, delay_ms_base=SWAP_DELAY_MS_BASE, delay_ms_max=SWAP_DELAY_MS_MAX)
            await asyncio.sleep(delay_ms / 1000)
        raise AssertionError("SWAP_ATTEMPTS_MAX is at least 1")

    async def _fill(self, connection: Connection, after: int, progress: Progress) -> int:
        """Write the rows of all facts after a position, page by page; the last position done."""
        reading = asyncio.create_task(self._page(after))
        try:
            while page := await reading:
                facts, last = page
                after = facts[-1][0]
                # The next page is read and opened while this one's rows are written.
                reading = asyncio.create_task(self._page(after))
                rows = [
                    (meta.stream_id, row)
                    for _, fact, meta in facts
                    for each in self._projections
                    for row in each(fact, meta)
                ]
                async with connection.transaction():
                    await write_in_batches(connection, self._statements, rows)
                progress(after, max(after, last))
        finally:
            reading.cancel()
        return after

    async def _page(self, after: int) -> tuple[list[tuple[int, AnyFact, FactMeta]], int] | None:
        """The next facts, opened as far as their keys still are, and the log's last position; None at its end."""
        rows = await self._pool.fetch(self._pages["log_page"], after, PAGE_FACTS_MAX)
        if not rows:
            return None
        facts = await opened_facts(rows, self._keys)
        last = await self._log.last_position()
        return [(row["position"], fact, meta_of(row)[0]) for row, fact in zip(rows, facts, strict=True)], last

    async def _compare(self, connection: Connection, made: Sequence[ScratchTable]) -> dict[str, list[str]]:
        """The keys of rows that look different while facts go on coming: those are looked at again at the end."""
        async with connection.transaction(isolation="repeatable_read"):
            for table in made:
                await table.take_followed(connection)
            return {table.name: [found.key for found in await table.differences(connection)] for table in made}

    async def _finish(
        self,
        connection: Connection,
        made: Sequence[ScratchTable],
        suspects: Mapping[str, Sequence[str]],
        position: int,
        destroyed: int,
        *,
        swap: bool,
    ) -> Rebuilt:
        """With appends held: the last facts, the last look at what differed, the change of tables."""
        async with connection.transaction():
            await connection.execute(self._sql["limit_lock_wait"])
            await connection.execute(self._sql["hold_appends"])
            await self._sequence_all()
            position = await self._fill(connection, position, lambda _at, _last: None)
            differences: list[Difference] = []
            for table in made:
                await table.take_followed(connection)
                if suspects[table.name]:
                    differences += await table.differences(connection, suspects[table.name])
            rows = {table.name: await table.count(connection) for table in made}
            # A key destroyed from here on finds the new rows: its owner takes away what it sealed from what is live.
            if await self._destroyed() != destroyed:
                raise KeysDestroyedError
            if swap:
                for table in made:
                    await table.swap(connection)
        return Rebuilt(position, rows, tuple(differences), swap)

    async def _sequence_all(self) -> None:
        """Every stored fact gets its position: by the running service, else by ourselves."""
        try:
            async with asyncio.timeout(SEQUENCED_WAIT_S_MAX):
                while await self._pool.fetchval(self._sql["anything_unsequenced"]):  # noqa: ASYNC110  (no event tells)
                    await asyncio.sleep(0.02)
        except TimeoutError:
            await Sequencer(self._pool, asyncio.Event(), lambda _position: None).catch_up()

    async def _destroyed(self) -> int:
        return 0 if self._keys is None else await self._keys.destroyed_count()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        """One that sees the scratch tables only, with time for long statements; it goes back as it came."""
        async with self._pool.acquire() as connection:
            if not await connection.fetchval(self._sql["hold_rebuild"]):
                raise RebuildRunningError("another rebuild of this database is under way")
            try:
                await connection.execute(self._sql["see_scratch_only"])
                await connection.execute(self._sql["take_time"])
                await connection.execute(self._sql["commit_at_ease"])
                yield connection
            finally:
                await connection.execute("RESET search_path")
                await connection.execute("RESET statement_timeout")
                await connection.execute("RESET synchronous_commit")
                await connection.execute(self._sql["let_go_of_rebuild"])
