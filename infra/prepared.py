"""Connections that plan a statement once, for all values, and keep it: for few statements, each of which runs often."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

from infra.pinned import CONNECT_TIMEOUT_S_MAX
from infra.postgres import (
    IDLE_IN_TRANSACTION_MS_MAX,
    STATEMENT_TIMEOUT_MS_MAX,
    is_connection_loss,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    Statement: TypeAlias = PreparedStatement[asyncpg.Record]
    RawConnection: TypeAlias = asyncpg.Connection[asyncpg.Record]
else:
    Statement = PreparedStatement
    RawConnection = asyncpg.Connection

STATEMENTS_KEPT_MAX = 64
"""Of one connection. What was not used for the longest time is forgotten, here and at the server."""
CLOSE_S_MAX = 5.0


class Line:
    """One connection with its statements."""

    def __init__(self, connection: RawConnection) -> None:
        self.connection = connection
        self._statements: OrderedDict[str, Statement] = OrderedDict()

    async def fetch(self, sql: str, values: Sequence[Any]) -> list[asyncpg.Record]:
        """Run a statement; the first time it is planned."""
        statement = self._statements.get(sql)
        if statement is None:
            statement = self._statements[sql] = await self.connection.prepare(sql)
            if len(self._statements) > STATEMENTS_KEPT_MAX:
                self._statements.popitem(last=False)
        else:
            self._statements.move_to_end(sql)
        try:
            return await statement.fetch(*values)
        except asyncpg.InvalidCachedStatementError:
            self._statements.clear()  # a table was altered: what was planned before holds no longer
            raise


class PreparedLines:
    """At most `size_max` of them, opened as they are needed; one that was lost is replaced when it is wanted again.

    A pool would make each statement anew whenever a connection goes back to it.
    """

    def __init__(self, url: str, *, application_name: str, size_max: int) -> None:
        self._url = url
        self._application_name = application_name
        self._turns = asyncio.Semaphore(size_max)
        self._idle: list[Line] = []

    async def fetch(self, sql: str, values: Sequence[Any]) -> list[asyncpg.Record]:
        """The rows of a statement.

        A connection that was lost while it was idle is noticed here: what only reads is asked for again by a new one.

        Raises:
            OSError: the server is not there.
            asyncpg.PostgresError: it refuses.
        """
        async with self._turns:
            line = await self._line()
            try:
                return await self._fetched(line, sql, values)
            except Exception as error:
                if not is_connection_loss(error):
                    raise
            return await self._fetched(Line(await self._opened()), sql, values)

    async def _fetched(self, line: Line, sql: str, values: Sequence[Any]) -> list[asyncpg.Record]:
        try:
            found = await line.fetch(sql, values)
        except BaseException as error:
            if isinstance(error, asyncpg.PostgresError) and not is_connection_loss(error):
                self._idle.append(line)  # the connection itself is whole
            else:
                line.connection.terminate()
            raise
        self._idle.append(line)
        return found

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[RawConnection]:
        """One of the connections, for something else than its statements."""
        async with self._turns:
            line = await self._line()
            try:
                yield line.connection
            finally:
                self._idle.append(line)

    async def close(self) -> None:
        """Close those that nobody works on; whoever still does must be done before."""
        while self._idle:
            await self._idle.pop().connection.close(timeout=CLOSE_S_MAX)

    async def _line(self) -> Line:
        while self._idle:
            line = self._idle.pop()
            if not line.connection.is_closed():
                return line
        return Line(await self._opened())

    async def _opened(self) -> RawConnection:
        return await asyncpg.connect(
            self._url,
            timeout=CONNECT_TIMEOUT_S_MAX,
            server_settings={
                "application_name": self._application_name,
                "statement_timeout": str(STATEMENT_TIMEOUT_MS_MAX),
                "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_MS_MAX),
                # Each relation of a row is found along an index: what is joined whole costs what the table is long.
                "enable_hashjoin": "off",
                "enable_mergejoin": "off",
                "enable_seqscan": "off",
                "plan_cache_mode": "force_generic_plan",
                "jit": "off",
            },
        )
