"""Tables are rewritten without a trace of what was deleted, and nobody waits long for one that is in use."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from infra import rewriting
from infra.postgres import STATEMENT_TIMEOUT_MS_MAX, Pool, open_pool
from infra.rewriting import TableBusy, rewrite_tables


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    opened = await open_pool(database, application_name="test", size_max=3)
    await opened.execute("CREATE TABLE things (id int PRIMARY KEY, word text)")
    await opened.execute("INSERT INTO things SELECT n, repeat('w', 100) FROM generate_series(1, 1000) AS n")
    yield opened
    await opened.close()


async def size(pool: Pool) -> int:
    found: int = await pool.fetchval("SELECT pg_relation_size('things')")
    return found


async def test_what_was_deleted_is_not_in_the_new_file(pool: Pool) -> None:
    before = await size(pool)
    await pool.execute("DELETE FROM things WHERE id > 10")
    await rewrite_tables(pool, ("things",))
    assert await size(pool) < before / 10
    assert await pool.fetchval("SELECT count(*) FROM things") == 10
    assert await pool.fetchval("SELECT setting::int FROM pg_settings WHERE name = 'statement_timeout'") == (
        STATEMENT_TIMEOUT_MS_MAX
    )
    assert await pool.fetchval("SHOW lock_timeout") == "0"


async def test_a_row_that_an_old_snapshot_sees_is_waited_for(pool: Pool) -> None:
    async with pool.acquire() as reader:
        snapshot = reader.transaction(isolation="repeatable_read")
        await snapshot.start()
        await reader.fetchval("SELECT 1 FROM pg_class LIMIT 1")
        await pool.execute("DELETE FROM things WHERE id > 10")
        rewrites = asyncio.create_task(rewrite_tables(pool, ("things",)))
        await asyncio.sleep(0.3)
        assert not rewrites.done()
        await snapshot.rollback()
        await rewrites
    assert await size(pool) <= 8192


async def test_a_table_that_is_kept_is_given_up_after_a_while(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewriting, "ATTEMPTS_MAX", 2)
    monkeypatch.setattr(rewriting, "LOCK_WAIT_MS_MAX", 50)
    async with pool.acquire() as holder, holder.transaction():
        await holder.fetchval("SELECT count(*) FROM things")
        with pytest.raises(TableBusy):
            await rewrite_tables(pool, ("things",))


async def test_only_names_of_tables_are_taken(pool: Pool) -> None:
    with pytest.raises(ValueError, match="no table"):
        await rewrite_tables(pool, ("things; DROP TABLE things",))
