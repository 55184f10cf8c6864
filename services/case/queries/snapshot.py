"""One moment for a whole screen: all statements of a query see the database as it was at the first of them.

Without it a case could be shown as it was before a contact came, beside a list that has the contact already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Any

import asyncpg

from services.case.queries.database import Database


class Snapshots:
    """At most `at_once_max` of them hold a connection; the rest of the pool stays free for everybody else."""

    def __init__(self, pool: asyncpg.Pool, *, at_once_max: int) -> None:
        self.pool = pool
        self.gate = asyncio.Semaphore(at_once_max)


class Snapshot(Database):
    """Reads of one query, which is the task that it is made in.

    The connection is taken at its first statement; `close` and `end` give it back.
    """

    def __init__(self, database: Database, snapshots: Snapshots) -> None:
        super().__init__(snapshots.pool, observe=database.observe)
        self._snapshots = snapshots
        self._turn = asyncio.Lock()
        self._held = AsyncExitStack()
        self._connection: Any = None
        self._ended = False
        self._query = asyncio.current_task()
        self._running: asyncio.Future[list[asyncpg.Record]] | None = None

    async def fetch(self, text: str, *args: Any) -> Sequence[asyncpg.Record]:
        """Run a statement; statements of one query take turns on its one connection.

        Raises:
            CancelledError: the query has been answered without it: what was asked late is given up, and holds nothing.
        """
        async with self._turn:
            if self._ended:
                raise asyncio.CancelledError
            if self._connection is None:
                self._connection = await self._begin()
            return await self._to_its_end(self._connection.fetch(text, *args))

    async def _to_its_end(self, statement: Coroutine[Any, Any, list[asyncpg.Record]]) -> list[asyncpg.Record]:
        """What a statement finds. One that is broken off would fail the others of its moment: it is waited for."""
        running = self._running = asyncio.ensure_future(statement)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            self._give_up()
            await asyncio.gather(running, return_exceptions=True)
            raise

    def _give_up(self) -> None:
        """Where the whole query is given up, nobody waits for the others either."""
        if self._running is not None and self._query is not None and self._query.cancelling():
            self._running.cancel()

    async def _begin(self) -> Any:
        async with AsyncExitStack() as held:
            await held.enter_async_context(self._snapshots.gate)
            connection = await held.enter_async_context(self._snapshots.pool.acquire())
            await held.enter_async_context(connection.transaction(isolation="repeatable_read", readonly=True))
            self._held = held.pop_all()
            return connection

    async def close(self) -> None:
        """End the moment; a statement after it begins another."""
        async with self._turn:
            self._connection = None
            await self._held.aclose()

    async def end(self) -> None:
        """End the moment for good."""
        self._ended = True
        self._give_up()
        await self.close()
