"""Rewrites tables, so that deleted rows and earlier versions of rows are nowhere in their files any more."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import asyncpg

from infra.clock import jittered_delay_ms
from infra.pinned import CONNECT_TIMEOUT_S_MAX
from infra.rebuild_tables import no_leftovers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.postgres import Connection, Pool

LOCK_WAIT_MS_MAX = 1_000
REWRITE_MS_MAX = 600_000
ATTEMPTS_MAX = 60
DELAY_MS_MIN = 50
DELAY_MS_MAX = 2_000

_FIRST_NUMBER = re.compile(r"\d+")
"""`0 dead row versions cannot be removed yet` begins what Postgres tells of a rewritten table."""
_TABLE = re.compile(r"[a-z_]+(\.[a-z_]+)?")


class TableBusy(Exception):  # noqa: N818
    """A table was in use at every attempt: come again later."""


async def rewrite_tables(pool: Pool, tables: Sequence[str]) -> None:
    """Rewrite each table with its indexes; nobody can use one while that lasts. What rebuilds left behind goes first.

    A short wait for each lock, again and again: who wants the table must not queue up behind us for long.

    Raises:
        TableBusy: others kept a table all the time.
        ValueError: no name of a table.
    """
    if not await no_leftovers(pool):
        raise TableBusy("a rebuild has rows of its own")
    for table in tables:
        if _TABLE.fullmatch(table) is None:
            raise ValueError(f"no table: {table}")
        await _rewrite(pool, table)


async def _rewrite(pool: Pool, table: str) -> None:
    for attempt in range(1, ATTEMPTS_MAX + 1):
        async with pool.acquire(timeout=CONNECT_TIMEOUT_S_MAX) as connection:
            if await _rewritten(connection, table):
                return
        delay_ms = jittered_delay_ms(attempt, delay_ms_base=DELAY_MS_MIN, delay_ms_max=DELAY_MS_MAX)
        await asyncio.sleep(delay_ms / 1000)
    raise TableBusy(table)


async def _rewritten(connection: Connection, table: str) -> bool:
    """Whether it was, without a single dead row: one that somebody's old snapshot still sees is copied along."""
    kept: list[int] = []

    def told(_connection: Any, message: asyncpg.PostgresLogMessage) -> None:
        found = _FIRST_NUMBER.match(message.detail or "")
        if found is not None:
            kept.append(int(found[0]))

    connection.add_log_listener(told)
    try:
        await connection.execute(f"SET lock_timeout = {LOCK_WAIT_MS_MAX}")
        await connection.execute(f"SET statement_timeout = {REWRITE_MS_MAX}")
        await connection.execute(f"VACUUM (FULL, VERBOSE) {table}", timeout=REWRITE_MS_MAX / 1000)
    except asyncpg.LockNotAvailableError:
        return False
    finally:
        connection.remove_log_listener(told)
        if not connection.is_closed():
            await connection.execute("RESET lock_timeout")
            await connection.execute("RESET statement_timeout")
    return not any(kept)
