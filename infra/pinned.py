"""Connections that stay with who works on them, so that a batch does not ask the pool for one each time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from asyncpg.pool import PoolConnectionProxy

    Pool = asyncpg.Pool[asyncpg.Record]
    Held = PoolConnectionProxy[asyncpg.Record]

CONNECT_TIMEOUT_S_MAX = 10.0
IDLE_MS_MAX = 50
"""How long a connection waits for its next batch before it goes back to the pool, which cannot be closed without it."""


class Pinned:
    """Hands out the connections it has before it asks the pool for another. Those that were lost are let go of.

    `wanted`: whether somebody waits for a connection of the pool, who then gets the next one.
    """

    def __init__(self, pool: Pool, wanted: Callable[[], bool] = lambda: False) -> None:
        self._pool = pool
        self._wanted = wanted
        self._idle: list[Held] = []
        self._returning: asyncio.TimerHandle | None = None
        self._releases: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Held]:
        """A connection of one's own for the time being.

        Raises:
            TimeoutError: the pool had none to give.
            OSError: the server is not there.
        """
        connection = self.take() or await self._pool.acquire(timeout=CONNECT_TIMEOUT_S_MAX)
        try:
            yield connection
        except BaseException:
            # What it is in the middle of, the pool sees to.
            self._let_go(connection)
            raise
        if self._wanted():
            self._let_go(connection)
            return
        self._idle.append(connection)
        if self._returning is None:
            self._returning = asyncio.get_running_loop().call_later(IDLE_MS_MAX / 1000, self._return_idle)

    def take(self) -> Held | None:
        """One of those that nobody works on, for good; None: there is none."""
        while self._idle:
            connection = self._idle.pop()
            if not _lost(connection):
                return connection
            self._let_go(connection)
        return None

    def return_all(self) -> None:
        """Give those that nobody works on back to the pool, now."""
        while self._idle:
            self._let_go(self._idle.pop())

    def _return_idle(self) -> None:
        self._returning = None
        self.return_all()

    def _let_go(self, connection: Held) -> None:
        release = asyncio.get_running_loop().create_task(self._release(connection))
        self._releases.add(release)
        release.add_done_callback(self._releases.discard)

    async def _release(self, connection: Held) -> None:
        await self._pool.release(connection)


def _lost(connection: Held) -> bool:
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        # The pool took it back by itself when the server ended it.
        return True
