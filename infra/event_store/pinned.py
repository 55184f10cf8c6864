"""Connections that stay with who works on them, so that a batch does not ask the pool for one each time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

from infra.postgres import CONNECT_TIMEOUT_S_MAX

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from asyncpg.pool import PoolConnectionProxy

    from infra.postgres import Pool

    Held = PoolConnectionProxy[asyncpg.Record]

IDLE_MS_MAX = 50
"""How long a connection waits for its next batch before it goes back to the pool, which cannot be closed without it."""


class Pinned:
    """Hands out the connections it has before it asks the pool for another. Those that were lost are let go of."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
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
        while self._idle and _lost(self._idle[-1]):
            self._let_go(self._idle.pop())
        connection = self._idle.pop() if self._idle else await self._pool.acquire(timeout=CONNECT_TIMEOUT_S_MAX)
        try:
            yield connection
        except BaseException:
            # What it is in the middle of, the pool sees to.
            self._let_go(connection)
            raise
        self._idle.append(connection)
        if self._returning is None:
            self._returning = asyncio.get_running_loop().call_later(IDLE_MS_MAX / 1000, self._return_all)

    def _return_all(self) -> None:
        self._returning = None
        while self._idle:
            self._let_go(self._idle.pop())

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
