"""Makes read tables anew from the log, beside the live ones: compares the two, and puts the new ones in their place.

The service goes on meanwhile. Rows are made in a schema of their own, by the same projections and statements that
write the live ones; nothing else can be read or written from there, so a projection that depends on anything but facts
fails. Appends wait for the length of the last step: the facts that came meanwhile, and the change of tables.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import asyncpg

from infra.clock import jittered_delay_ms
from infra.crashpoint import Place, passing
from infra.event_store import Projection
from infra.postgres import Connection, Pool
from infra.rebuild_hands import hand, hands, side_by_side
from infra.rebuild_pages import RowPage, RowPages, nothing_collected
from infra.rebuild_tables import Difference, ReadTable, ScratchTable
from infra.rebuild_writing import RowWriter
from infra.sealing import KeyRing
from infra.sequencer import Sequencer
from infra.sql import statements

SWAP_ATTEMPTS_MAX = 60
SWAP_DELAY_MS_BASE = 20
SWAP_DELAY_MS_MAX = 500
SEQUENCED_WAIT_S_MAX = 0.5
RESTARTS_MAX = 5
RESTART_DELAY_S = 1.0
_SQL = statements("infra")

Progress = Callable[[int, int], None]
"""Told (position reached, last position known)."""


class RebuildRunningError(Exception):
    """Another rebuild of this database is under way."""


class KeysDestroyedError(Exception):
    """Keys were destroyed while rows were made with them: what was made must not be shown."""


class ForgettingError(Exception):
    """Rows of somebody are gone, and the facts would still give them until their keys are destroyed."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it: facts read, rows by table, where live and rebuilt rows differed, whether tables were swapped."""

    position: int
    rows: dict[str, int]
    differences: tuple[Difference, ...]
    swapped: bool


@dataclass(slots=True, kw_only=True)
class _Making:
    """One attempt. `chosen`: the tables to be shown. `destroyed`: how many keys were before it began."""

    connection: Connection
    writer: RowWriter
    tables: dict[str, ScratchTable]
    chosen: list[ScratchTable]
    destroyed: int
    position: int = 0
    suspects: dict[str, list[str]] = field(default_factory=dict)


class Rebuild:
    """Rebuilds the read tables of one service. `tables`: all that its projections write; `sql`: their statements.

    `forgetting`: asks whether rows of somebody are gone whose keys are yet to be destroyed; None: that never is so.
    """

    def __init__(
        self,
        pool: Pool,
        keys: KeyRing | None,
        *,
        projections: Sequence[Projection],
        sql: Mapping[str, str],
        tables: Sequence[ReadTable],
        forgetting: str | None = None,
    ) -> None:
        self._pool = pool
        self._keys = keys
        self._pages = RowPages(pool, keys, projections)
        self._statements = sql
        self._tables = tuple(tables)
        self._forgetting = forgetting

    @property
    def names(self) -> tuple[str, ...]:
        """Of all its tables."""
        return tuple(table.name for table in self._tables)

    async def run(
        self, names: Sequence[str] = (), *, swap: bool = True, progress: Progress = lambda _at, _last: None
    ) -> Rebuilt:
        """Rebuild, compare, and put the tables of those names (none: all) in place of the live ones, if `swap`.

        A rebuild that was cut off leaves nothing that matters: the next one begins anew.

        Raises:
            RebuildRunningError: there is another one.
            KeysDestroyedError: people were forgotten as often as it began anew.
            ForgettingError: somebody was still being forgotten then.
            asyncpg.LockNotAvailableError: somebody holds a table for longer than all attempts took.
            ValueError: a name is no table's.
        """
        unknown = set(names) - set(self.names)
        if unknown:
            raise ValueError(f"no read table is called {min(unknown)}")
        begun_anew = 0
        while True:
            try:
                async with self._connection() as connection:
                    return await self._attempt(connection, names or self.names, swap=swap, progress=progress)
            except (KeysDestroyedError, ForgettingError):
                begun_anew += 1
                if begun_anew == RESTARTS_MAX:
                    raise
            # Whoever forgets somebody waits for us to have no rows of theirs.
            await asyncio.sleep(RESTART_DELAY_S)

    async def _attempt(
        self, connection: Connection, names: Sequence[str], *, swap: bool, progress: Progress
    ) -> Rebuilt:
        try:
            making = await self._begin(connection, names)
            await self._make(making, progress)
            return await self._finish_when_possible(making, progress, swap=swap)
        finally:
            await connection.execute(_SQL["drop_scratch"])

    async def _begin(self, connection: Connection, names: Sequence[str]) -> _Making:
        destroyed = await self._destroyed()
        await self._check_forgetting(connection)
        await connection.execute(_SQL["drop_scratch"])
        await connection.execute(_SQL["make_scratch"])
        await self._sequence_all()
        made = [await ScratchTable.make(connection, table) for table in self._tables]
        return _Making(
            connection=connection,
            writer=await RowWriter.make(connection, self._statements, {table.name: table.key for table in made}),
            tables={table.name: table for table in made},
            chosen=[table for table in made if table.name in names],
            destroyed=destroyed,
        )

    async def _make(self, making: _Making, progress: Progress) -> None:
        """All rows, then what makes tables of them that can be shown; compare them while facts go on coming."""
        await self._fill(making, progress)
        async with hands(self._pool, making.connection) as connections:
            await side_by_side(connections, [table.keep for table in making.chosen])
            missing = [await table.missing_indexes(making.connection) for table in making.chosen]
            await side_by_side(connections, [each for pieces in missing for each in pieces])
            await side_by_side(connections, [table.look_at for table in making.chosen])
            passing(Place.REBUILD_KEPT)
            await self._fill(making, progress)
            await side_by_side(connections, [partial(self._suspect, making, table) for table in making.chosen])

    @staticmethod
    async def _suspect(making: _Making, table: ScratchTable, connection: Connection) -> None:
        """What looks different now may only be newer there: it is looked at again at the end."""
        async with connection.transaction(isolation="repeatable_read"):
            await table.take_followed(connection)
            making.suspects[table.name] = [row for row, _ in await table.differences(connection)]

    async def _finish_when_possible(self, making: _Making, progress: Progress, *, swap: bool) -> Rebuilt:
        for attempt in range(1, SWAP_ATTEMPTS_MAX + 1):
            await self._fill(making, progress)
            position = making.position
            try:
                return await self._finish(making, swap=swap)
            except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
                # What was written since then is undone.
                making.position = position
                if attempt == SWAP_ATTEMPTS_MAX:
                    raise
            delay_ms = jittered_delay_ms(attempt, delay_ms_base=SWAP_DELAY_MS_BASE, delay_ms_max=SWAP_DELAY_MS_MAX)
            await asyncio.sleep(delay_ms / 1000)
        raise AssertionError("SWAP_ATTEMPTS_MAX is at least 1")

    async def _finish(self, making: _Making, *, swap: bool) -> Rebuilt:
        """With appends held: the last facts, the last look at what differed, the change of tables."""
        connection, differences = making.connection, list[Difference]()
        async with connection.transaction():
            await connection.execute(_SQL["limit_lock_wait"])
            await connection.execute(_SQL["hold_appends"])
            await self._sequence_all()
            await self._fill(making, lambda _at, _last: None)
            await ScratchTable.hold_writers(connection, making.chosen)
            await self._check_forgetting(connection)
            for table in making.chosen:
                await table.take_followed(connection)
                if suspects := making.suspects[table.name]:
                    differences += [found for _, found in await table.differences(connection, suspects)]
            rows = {table.name: await table.count(connection) for table in making.chosen}
            # A key destroyed from here on finds the new rows: its owner takes away what it sealed from what is live.
            if await self._destroyed() != making.destroyed:
                raise KeysDestroyedError("keys were destroyed each time that rows were made")
            if swap:
                for table in making.chosen:
                    await table.swap(connection)
                passing(Place.REBUILD_SWAPPING)
        passing(Place.REBUILD_SWAPPED)
        return Rebuilt(making.position, rows, tuple(differences), swap)

    async def _fill(self, making: _Making, progress: Progress) -> None:
        """Write the rows of all facts after its position, page by page."""
        with nothing_collected():
            await self._fill_quickly(making, progress)

    async def _fill_quickly(self, making: _Making, progress: Progress) -> None:
        async with aclosing(self._pages.after(making.position, making.writer)) as pages:
            # The next page is opened and made rows of while the server writes this one's.
            coming = asyncio.create_task(_next(pages))
            try:
                while page := await coming:
                    coming = asyncio.create_task(_next(pages))
                    for table in page.rows.seeks:
                        await making.tables[table].add_indexes(making.connection)
                    await making.writer.write(page.rows)
                    passing(Place.REBUILD_WRITTEN)
                    making.position = page.position
                    progress(page.position, max(page.position, page.last))
            finally:
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)

    async def _sequence_all(self) -> None:
        """Every stored fact gets its position: by the running service, else by ourselves."""
        try:
            async with asyncio.timeout(SEQUENCED_WAIT_S_MAX):
                while await self._pool.fetchval(_SQL["look"]):  # noqa: ASYNC110  (no event tells)
                    await asyncio.sleep(0.02)
        except TimeoutError:
            await Sequencer(self._pool, asyncio.Event(), lambda _position: None).catch_up()

    async def _check_forgetting(self, connection: Connection) -> None:
        if self._forgetting is not None and await connection.fetchval(self._forgetting):
            raise ForgettingError("somebody is being forgotten, and the service has not finished with it")

    async def _destroyed(self) -> int:
        return 0 if self._keys is None else await self._keys.destroyed_count()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        """One with the right to rebuild."""
        async with hand(self._pool) as connection:
            if not await connection.fetchval(_SQL["hold_rebuild"]):
                raise RebuildRunningError("another rebuild of this database is under way")
            try:
                yield connection
            finally:
                await connection.execute(_SQL["let_go_of_rebuild"])


async def _next(pages: AsyncIterator[RowPage]) -> RowPage | None:
    return await anext(pages, None)
