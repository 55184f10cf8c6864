"""Connections that plan a statement once and keep it, whatever becomes of the connection or the table."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from infra.prepared import STATEMENTS_KEPT_MAX, PreparedLines

PLANNED = "SELECT count(*)::int FROM pg_prepared_statements WHERE statement LIKE 'SELECT $1::int + %'"


@pytest.fixture
async def lines(database: str) -> AsyncIterator[PreparedLines]:
    opened = PreparedLines(database, application_name="test", size_max=1)
    yield opened
    await opened.close()


async def one(lines: PreparedLines, sql: str, *values: object) -> object:
    return (await lines.fetch(sql, values))[0][0]


async def test_a_statement_is_planned_once_and_so_many_are_kept(lines: PreparedLines) -> None:
    for value in range(3):
        assert await one(lines, "SELECT $1::int + 1", value) == value + 1
    assert await one(lines, PLANNED) == 1
    for number in range(STATEMENTS_KEPT_MAX + 10):
        await one(lines, f"SELECT $1::int + {number}", 1)
    kept = await one(lines, PLANNED)
    assert isinstance(kept, int)
    assert kept <= STATEMENTS_KEPT_MAX
    assert await one(lines, "SHOW plan_cache_mode") == "force_generic_plan"


async def test_a_lost_connection_is_replaced(lines: PreparedLines, database: str) -> None:
    pid = await one(lines, "SELECT pg_backend_pid()")
    killer = await asyncpg.connect(database)
    await killer.execute("SELECT pg_terminate_backend($1)", pid)
    await killer.close()
    assert await one(lines, "SELECT pg_backend_pid()") != pid


async def test_a_statement_that_fails_or_is_given_up_leaves_the_next_ones_alone(lines: PreparedLines) -> None:
    with pytest.raises(asyncpg.DivisionByZeroError):
        await one(lines, "SELECT 1 / $1::int", 0)
    assert await one(lines, "SELECT 1 / $1::int", 1) == 1
    waiting = asyncio.create_task(one(lines, "SELECT pg_sleep($1)", 30.0))
    await asyncio.sleep(0.2)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert await one(lines, "SELECT $1::int + 2", 1) == 3


async def test_a_table_that_was_altered_is_planned_anew(lines: PreparedLines, database: str) -> None:
    admin = await asyncpg.connect(database)
    await admin.execute("CREATE TABLE altered (a int); INSERT INTO altered VALUES (1)")
    assert await one(lines, "SELECT * FROM altered") == 1
    await admin.execute("ALTER TABLE altered ALTER COLUMN a TYPE text")
    await admin.close()
    with pytest.raises(asyncpg.PostgresError):
        await one(lines, "SELECT * FROM altered")
    assert await one(lines, "SELECT * FROM altered") == "1"
