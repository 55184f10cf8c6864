"""Connections that break: what a COMMIT did is found out before anything is done again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from contracts.stored import Once, Work
from infra.event_store import PostgresRecord
from infra.postgres import open_pool
from tests.support.cutting_proxy import CuttingProxy, cutting_proxy
from tests.support.notebook import LINES_SQL, Notebook, context, line_rows
from tests.support.own_record import OwnRecord, own_record

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'through-the-proxy'"


@pytest.fixture
async def own(database: str, keys_database: str) -> AsyncIterator[tuple[OwnRecord, CuttingProxy]]:
    """A record whose connections can be cut; its pool and keys are reached directly."""
    async with own_record(database, keys_database) as direct, cutting_proxy(database) as (proxy, url):
        pool = await open_pool(url, application_name="through-the-proxy")
        direct.record = PostgresRecord(pool, direct.keys, (line_rows,), LINES_SQL, direct._count)
        yield direct, proxy
        pool.terminate()


async def test_a_commit_whose_answer_is_lost_is_found_and_not_done_again(own: tuple[OwnRecord, CuttingProxy]) -> None:
    direct, proxy = own
    notebook_id = await direct.begin()
    proxy.cuts = 1
    under = context(digest=b"request")
    committed = await direct.note(notebook_id, "one", "secret", under=under)
    assert (committed.versions, committed.outcome, committed.repeated) == ({notebook_id: 2}, {"line": "one"}, False)
    assert proxy.cuts == 0
    assert len(await direct.facts(notebook_id)) == 2
    assert direct.commits == 2
    assert (await direct.note(notebook_id, "one", under=under)).repeated


async def test_a_message_whose_commit_answer_is_lost_counts_as_done_by_us(own: tuple[OwnRecord, CuttingProxy]) -> None:
    direct, proxy = own
    notebook_id = await direct.begin()
    proxy.cuts = 2
    committed = await direct.note(notebook_id, "one", under=context(once=Once("channels", 1)))
    assert committed.versions == {notebook_id: 2}
    assert len(await direct.facts(notebook_id)) == 2


async def test_a_transaction_that_was_cut_before_its_commit_is_done_again(own: tuple[OwnRecord, CuttingProxy]) -> None:
    direct, _ = own
    notebook_id = await direct.begin()
    decisions = 0

    async def decide() -> Work:
        nonlocal decisions
        decisions += 1
        notebook = await direct.record.load(Notebook, notebook_id)
        assert notebook is not None
        notebook.note("one")
        if decisions == 1:
            await direct.pool.execute(CUT)
        return Work(streams=(notebook,))

    await direct.record.transact(context(), decide)
    assert len(await direct.facts(notebook_id)) == 2


async def test_every_command_is_stored_once_while_connections_keep_breaking(
    own: tuple[OwnRecord, CuttingProxy],
) -> None:
    direct, proxy = own
    notebook_id = await direct.begin()
    proxy.cuts = 15
    await asyncio.gather(*(direct.note(notebook_id, f"line {n}", serialised=True) for n in range(30)))
    notebook = await direct.record.load(Notebook, notebook_id)
    assert notebook is not None
    assert sorted(notebook.lines) == sorted(f"line {n}" for n in range(30))


async def test_a_database_that_stays_away_is_an_error_in_the_end(database: str, keys_database: str) -> None:
    async with own_record(database, keys_database) as direct, cutting_proxy(database) as (proxy, url):
        pool = await open_pool(url, application_name="through-the-proxy")
        record = PostgresRecord(pool, direct.keys, (), {}, lambda: None, attempts_max=2)
        proxy.refuse = True
        await direct.pool.execute(CUT)

        async def decide() -> Work:
            return Work()

        with pytest.raises((OSError, asyncpg.PostgresConnectionError)):
            await record.transact(context(), decide)
        pool.terminate()
