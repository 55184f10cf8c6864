"""Connections to Postgres: pools with a limit on every wait, and which errors are worth another try."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

import asyncpg
from asyncpg.connection import LoggedQuery
from asyncpg.pool import PoolConnectionProxy

from infra import attributes, telemetry
from infra.clock import jittered_delay_ms
from infra.logs import log
from infra.pinned import CONNECT_TIMEOUT_S_MAX, Pinned
from infra.sql import statement_name

if TYPE_CHECKING:
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
else:
    Pool = asyncpg.Pool
    Connection = asyncpg.Connection

STATEMENT_TIMEOUT_MS_MAX = 30_000
IDLE_IN_TRANSACTION_MS_MAX = 30_000
STATEMENTS_MAX = 50_000
IDLE_SECONDS_MAX = 300.0
"""After so many statements, or so long without one, a connection is made anew."""
START_ATTEMPTS_MAX = 60
START_DELAY_MS_MAX = 1_000
START_ATTEMPTS_UNTOLD = 4
"""A server that starts together with us answers within these; of a longer wait somebody is told."""

_LOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    # What asyncpg says when the server's farewell arrived just before our next query.
    asyncpg.InternalClientError,
)
_RACES = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError)
# Connections, disk, memory; a standby that is not promoted yet.
_SCARCE = (
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
    TimeoutError,
    asyncpg.QueryCanceledError,
)


class PoolAtHand(Pool):
    """A pool that keeps the connections of its last statements at hand for the next ones.

    To take one from the pool and to give it back takes longer than all else that asyncpg does for a short statement.
    """

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._waiting = 0
        self._pinned = Pinned(self, lambda: self._waiting > 0 or self.is_closing())

    async def execute(self, query: str, *args: Any, **how: Any) -> str:
        """As the connection's own."""
        async with self._pinned.connection() as connection:
            return await connection.execute(query, *args, **how)

    async def fetch(self, query: str, *args: Any, **how: Any) -> Any:
        """As the connection's own."""
        async with self._pinned.connection() as connection:
            return await connection.fetch(query, *args, **how)

    async def fetchrow(self, query: str, *args: Any, **how: Any) -> Any:
        """As the connection's own."""
        async with self._pinned.connection() as connection:
            return await connection.fetchrow(query, *args, **how)

    async def fetchval(self, query: str, *args: Any, **how: Any) -> Any:
        """As the connection's own."""
        async with self._pinned.connection() as connection:
            return await connection.fetchval(query, *args, **how)

    async def close(self) -> None:
        """Close all connections, once nobody works on them."""
        self._pinned.return_all()
        await super().close()

    async def _acquire(self, timeout: float | None) -> Any:  # noqa: ASYNC109  (it is asyncpg's)
        connection = None if self.is_closing() else self._pinned.take()
        if connection is not None:
            return connection
        self._waiting += 1
        try:
            return await super()._acquire(timeout)  # type: ignore[misc]  # the stubs lack it
        finally:
            self._waiting -= 1


async def open_pool(url: str, *, application_name: str, size_max: int = 8) -> Pool:
    """Open a pool, waiting (at most about a minute) for a server that is still starting.

    A connection goes back to the pool as it is: whoever sets session state, or takes a session-level lock, undoes it.

    Raises:
        OSError: nothing listens there.
        asyncpg.PostgresError: the server refuses us.
    """
    attempt = 0
    while True:
        attempt += 1
        try:
            return await PoolAtHand(
                url,
                min_size=1,
                max_size=size_max,
                max_queries=STATEMENTS_MAX,
                max_inactive_connection_lifetime=IDLE_SECONDS_MAX,
                loop=None,
                connection_class=asyncpg.Connection,
                record_class=asyncpg.Record,
                timeout=CONNECT_TIMEOUT_S_MAX,
                init=_watch,
                reset=_keep_session,
                server_settings={
                    "application_name": application_name,
                    "statement_timeout": str(STATEMENT_TIMEOUT_MS_MAX),
                    "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_MS_MAX),
                    # The planner takes keys of two columns for far less distinct than they are, and would keep a cache
                    # of rows each of which is read once: a fifth of what reading the log costs.
                    "enable_memoize": "off",
                },
            )
        except (OSError, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError) as error:
            if attempt == START_ATTEMPTS_MAX:
                raise
            if attempt == START_ATTEMPTS_UNTOLD:
                _tell(url, error)
        delay_ms = jittered_delay_ms(attempt, delay_ms_base=50, delay_ms_max=START_DELAY_MS_MAX)
        await asyncio.sleep(delay_ms / 1000)


def _tell(url: str, error: Exception) -> None:
    """Say for which database of which server we wait, and none of the secrets in its address."""
    parts = urlsplit(url)
    server = parts.netloc.rpartition("@")[2]
    log("postgres").warning(
        "the database takes no connection, it is waited for, a minute at the most",
        database=parts.path.lstrip("/"),
        host=server,
        error_class=type(error).__qualname__,
    )


async def _watch(connection: Connection) -> None:
    # Where nobody collects spans, timing each statement and telling of it is spared too.
    if telemetry.is_watched():
        connection.add_query_logger(_trace)


def _trace(query: LoggedQuery) -> None:
    """A span per statement, by its name in the .sql files: its text says little more, its values too much."""
    name = statement_name(query.query) or query.query.split(maxsplit=1)[0].rstrip(";").lower()
    telemetry.span_that_was(attributes.SQL_STATEMENT, seconds=query.elapsed, error=query.exception, sql_statement=name)


async def _keep_session(connection: Connection) -> None:
    """Spare the round trip of asyncpg's reset query at every release: no session state is set here."""


def is_connection_loss(error: BaseException) -> bool:
    """Whether the connection went away, so that what a COMMIT on it did is unknown."""
    if isinstance(error, _LOST):
        return not isinstance(error, TimeoutError)
    # asyncpg tells a closed connection and a wrong argument by the text alone; and one that the server ended while we
    # held it from the pool has been "released back" by itself.
    said = str(error) if isinstance(error, asyncpg.InterfaceError) else ""
    return ("closed" in said and "pool is" not in said) or "released back to the pool" in said


def is_lost_race(error: BaseException) -> bool:
    """Whether the database undid a transaction for another one's sake: nothing was stored, try again."""
    return isinstance(error, _RACES)


def is_transient(error: BaseException) -> bool:
    """Whether the same work may well succeed a little later."""
    return is_connection_loss(error) or is_lost_race(error) or isinstance(error, _SCARCE)
