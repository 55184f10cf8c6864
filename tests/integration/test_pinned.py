"""Connections that stay with who works on them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from infra.pinned import IDLE_MS_MAX, Pinned
from infra.postgres import Pool, is_connection_loss, open_pool


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    opened = await open_pool(database, application_name="pinned", size_max=2)
    yield opened
    opened.terminate()


async def test_one_batch_after_another_goes_over_the_same_connection(pool: Pool) -> None:
    pinned = Pinned(pool)
    async with pinned.connection() as connection:
        first = await connection.fetchval("SELECT pg_backend_pid()")
    async with pinned.connection() as connection:
        assert await connection.fetchval("SELECT pg_backend_pid()") == first
        async with pinned.connection() as other:
            assert await other.fetchval("SELECT pg_backend_pid()") != first


async def test_a_connection_that_was_lost_is_not_handed_out_again(pool: Pool) -> None:
    pinned = Pinned(pool)
    async with pinned.connection() as connection:
        first = await connection.fetchval("SELECT pg_backend_pid()")
        gone = asyncio.Event()
        connection.add_termination_listener(lambda _: gone.set())
    await pool.fetchval("SELECT pg_terminate_backend($1)", first)
    await asyncio.wait_for(gone.wait(), 20)
    async with pinned.connection() as connection:
        assert await connection.fetchval("SELECT pg_backend_pid()") != first


async def test_a_connection_that_ends_while_it_is_held_is_a_lost_one(pool: Pool) -> None:
    pinned = Pinned(pool)
    async with pinned.connection() as connection:
        gone = asyncio.Event()
        connection.add_termination_listener(lambda _: gone.set())
        await pool.fetchval("SELECT pg_terminate_backend($1)", connection.get_server_pid())
        await asyncio.wait_for(gone.wait(), 20)
        await asyncio.sleep(0)
        with pytest.raises(asyncpg.InterfaceError) as caught:
            await connection.execute("SELECT 1")
    assert is_connection_loss(caught.value)
    async with pinned.connection() as connection:
        assert await connection.fetchval("SELECT 1") == 1


async def test_what_breaks_off_in_the_middle_leaves_no_connection_behind(pool: Pool) -> None:
    pinned = Pinned(pool)
    for _ in range(5):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02), pinned.connection() as connection:
                await connection.fetchval("SELECT pg_sleep(30)")
    async with pinned.connection() as connection:
        assert await connection.fetchval("SELECT 1") == 1


async def test_a_pool_can_be_closed_soon_after_the_last_batch(pool: Pool) -> None:
    async with Pinned(pool).connection() as connection:
        assert await connection.fetchval("SELECT 1") == 1
    async with asyncio.timeout(IDLE_MS_MAX / 1000 + 5):
        await pool.close()


async def test_a_pool_keeps_the_connection_of_a_statement_at_hand_for_whoever_is_next(pool: Pool) -> None:
    first = await pool.fetchval("SELECT pg_backend_pid()")
    assert await pool.fetchval("SELECT pg_backend_pid()") == first
    async with pool.acquire() as connection:
        assert await connection.fetchval("SELECT pg_backend_pid()") == first
    assert await pool.fetchval("SELECT pg_backend_pid()") == first


async def test_who_waits_for_a_connection_gets_the_one_that_a_statement_leaves(pool: Pool) -> None:
    async with pool.acquire(), asyncio.timeout(20):
        sleeping = asyncio.create_task(pool.execute("SELECT pg_sleep(0.2)"))
        await asyncio.sleep(0.05)
        async with pool.acquire() as connection:
            assert sleeping.done()
            assert await connection.fetchval("SELECT 1") == 1


async def test_a_pool_is_closed_whatever_it_has_at_hand(database: str) -> None:
    pool = await open_pool(database, application_name="pinned", size_max=2)
    await asyncio.gather(*(pool.execute("SELECT pg_sleep(0.05)") for _ in range(2)))
    async with asyncio.timeout(20):
        await pool.close()
    with pytest.raises(asyncpg.InterfaceError):
        await pool.fetchval("SELECT 1")
