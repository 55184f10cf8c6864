"""One moment for a whole screen: all statements of a query see the database as it was at the first of them.

Without it a case could be shown as it was before a contact came, beside a list that has the contact already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
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
    """Reads of one query. The connection is taken at its first statement; `close` gives it back."""

    def __init__(self, database: Database, snapshots: Snapshots) -> None:
        super().__init__(snapshots.pool, observe=database.observe)
        self._snapshots = snapshots
        self._turn = asyncio.Lock()
        self._held = AsyncExitStack()
        self._connection: Any = None

    async def fetch(self, text: str, *args: Any) -> Sequence[asyncpg.Record]:
        """Run a statement; statements of one query take turns on its one connection."""
        async with self._turn:
            if self._connection is None:
                await self._held.enter_async_context(self._snapshots.gate)
                connection = await self._held.enter_async_context(self._snapshots.pool.acquire())
                await self._held.enter_async_context(connection.transaction(isolation="repeatable_read", readonly=True))
                self._connection = connection
            found: list[asyncpg.Record] = await self._connection.fetch(text, *args)
            return found

    async def close(self) -> None:
        """End the moment; a statement after it begins another."""
        async with self._turn:
            self._connection = None
            await self._held.aclose()
