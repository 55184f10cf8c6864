"""Whose turn it is, of several processes that might do the same."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from infra.postgres import Pool, is_transient, open_pool
from infra.turn import Turn
from tests.support.one_service import until

NUMBER = 12


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    pool = await open_pool(database, application_name="turn-test", size_max=1)
    yield pool
    await pool.close()


def _turn(database: str, name: str, number: int = NUMBER) -> Turn:
    return Turn(database, number, application_name=name)


async def test_it_is_one_processes_turn_until_that_one_lets_go(database: str) -> None:
    first, second = _turn(database, "first"), _turn(database, "second")
    assert [await first.is_ours(), await second.is_ours(), await first.is_ours()] == [True, False, True]
    first.let_go()
    await until(second.is_ours)
    assert not await first.is_ours()
    first.let_go()
    second.let_go()


async def test_work_of_another_kind_has_a_turn_of_its_own(database: str) -> None:
    one, other = _turn(database, "one"), _turn(database, "other", NUMBER + 1)
    assert [await one.is_ours(), await other.is_ours()] == [True, True]
    one.let_go()
    other.let_go()


async def test_whoever_is_cut_off_from_the_database_has_it_no_longer(database: str, pool: Pool) -> None:
    first, second = _turn(database, "first"), _turn(database, "second")
    assert await first.is_ours()
    assert not await second.is_ours()
    await pool.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'first'")
    await until(second.is_ours)
    with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)) as raised:
        await first.is_ours()
    assert is_transient(raised.value)
    assert not await first.is_ours()
    first.let_go()
    second.let_go()
