"""Reads a transaction's tables in pages, the next of which the server gets ready while this one is looked at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncpg

    from infra.postgres import Connection

Rows = Sequence["asyncpg.Record"]


class Reading:
    """A connection's transaction. A question asked while a page is under way waits for it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = asyncio.Lock()

    async def fetch(self, sql: str, *arguments: object) -> Rows:
        """All rows of a statement."""
        async with self._lock:
            rows: Rows = await self._connection.fetch(sql, *arguments)
        return rows

    @asynccontextmanager
    async def pages(self, sql: str, *arguments: object, rows: int) -> AsyncIterator[AsyncIterator[Rows]]:
        """The rows of a statement, so many at a time; left at any moment."""
        async with self._lock:
            cursor = await self._connection.cursor(sql, *arguments)

        async def read() -> Rows:
            async with self._lock:
                page: Rows = await cursor.fetch(rows)
            return page

        coming = asyncio.ensure_future(read())

        async def each() -> AsyncIterator[Rows]:
            nonlocal coming
            while page := await coming:
                coming = asyncio.ensure_future(read())
                await asyncio.sleep(0)
                yield page

        try:
            yield each()
        finally:
            await asyncio.wait((coming,))
