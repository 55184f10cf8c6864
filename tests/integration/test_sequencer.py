"""Positions: contiguous, each fact one, whoever writes and however many number them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from uuid import UUID, uuid5

import pytest

from contracts.vocabulary import NAMESPACE
from infra.migrate import migrate
from infra.postgres import Connection, Pool, open_pool
from infra.sequencer import Sequencer
from tests.support.one_service import running, until

WRITERS = 16
FACTS_EACH = 40


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    pool = await open_pool(database, application_name="sequencer", size_max=24)
    await migrate(pool)
    yield pool
    await pool.close()


def stream(name: object) -> UUID:
    return uuid5(NAMESPACE, f"stream {name}")


async def append(connection: Connection, stream_id: UUID, version: int) -> None:
    await connection.execute(
        """INSERT INTO es.events (stream_id, version, event_id, topic, clear, seals, meta, recorded_at, hash)
           VALUES ($1, $2, gen_random_uuid(), 't', '{}', '[]', '{}', now(), '')""",
        stream_id,
        version,
    )


async def in_order(pool: Pool) -> list[tuple[UUID, int]]:
    """The log's facts, after a check that its positions are 1, 2, 3, …"""
    rows = await pool.fetch("SELECT position, stream_id, version FROM es.log ORDER BY position")
    assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
    return [(row["stream_id"], row["version"]) for row in rows]


async def write_many(pool: Pool, writer: int) -> None:
    for version in range(1, FACTS_EACH + 1):
        async with pool.acquire() as connection, connection.transaction():
            await append(connection, stream(writer), version)
            if version % 7 == writer % 7:
                await asyncio.sleep(0.003)


async def test_positions_are_contiguous_under_many_writers_one_long_transaction_and_two_sequencers(pool: Pool) -> None:
    wake = asyncio.Event()
    seen: list[int] = []
    sequencers = [Sequencer(pool, wake, seen.append, turn_events_max=limit).run() for limit in (50, 2_000)]
    async with running(*sequencers):
        async with pool.acquire() as slow:
            transaction = slow.transaction()
            await transaction.start()
            await append(slow, stream("slow"), 1)
            await asyncio.gather(*(write_many(pool, writer) for writer in range(WRITERS)))
            await until_sequenced(pool, WRITERS * FACTS_EACH)
            await transaction.commit()
        await until_sequenced(pool, WRITERS * FACTS_EACH + 1)

        async def announced() -> bool:
            return max(seen, default=0) == WRITERS * FACTS_EACH + 1

        await until(announced)  # a moment after the commit that the wait above sees

    facts = await in_order(pool)
    assert len(set(facts)) == WRITERS * FACTS_EACH + 1
    assert facts[-1] == (stream("slow"), 1), "a late committer takes a later position and holds nobody up"
    for writer in range(WRITERS):
        assert [v for s, v in facts if s == stream(writer)] == list(range(1, FACTS_EACH + 1))


async def until_sequenced(pool: Pool, count: int) -> None:
    async def sequenced() -> bool:
        return bool(await pool.fetchval("SELECT count(*) >= $1 FROM es.log", count))

    await until(sequenced)


async def test_the_facts_of_one_transaction_stay_together_though_turns_are_small(pool: Pool) -> None:
    for number in range(3):
        async with pool.acquire() as connection, connection.transaction():
            for version in range(1, 6):
                await append(connection, stream(number), version)
    sequencer = Sequencer(pool, asyncio.Event(), lambda _: None, turn_events_max=4)

    await sequencer.catch_up()

    assert await in_order(pool) == [(stream(number), version) for number in range(3) for version in range(1, 6)]


async def test_a_turn_that_finds_nothing_writes_nothing(pool: Pool) -> None:
    sequencer = Sequencer(pool, asyncio.Event(), lambda _: None)
    async with pool.acquire() as connection:
        await append(connection, stream("one"), 1)
    await sequencer.catch_up()
    before = await pool.fetchrow("SELECT xmin, ctid FROM es.sequencer")

    assert await sequencer.turn() == 0
    assert await pool.fetchrow("SELECT xmin, ctid FROM es.sequencer") == before


async def test_a_fact_undone_by_its_writer_gets_no_position_and_leaves_no_gap(pool: Pool) -> None:
    sequencer = Sequencer(pool, asyncio.Event(), lambda _: None)
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await append(connection, stream("undone"), 1)
        async with pool.acquire() as other:
            await append(other, stream("kept"), 1)
        await sequencer.catch_up()
        await transaction.rollback()
    async with pool.acquire() as connection:
        await append(connection, stream("kept"), 2)
    await sequencer.catch_up()

    assert await in_order(pool) == [(stream("kept"), 1), (stream("kept"), 2)]


async def test_a_dump_restored_into_a_younger_server_is_numbered_on(pool: Pool) -> None:
    sequencer = Sequencer(pool, asyncio.Event(), lambda _: None)
    async with pool.acquire() as connection:
        await append(connection, stream("old"), 1)
        await sequencer.catch_up()
        # As after a restore: what was seen, and a fact's transaction, lie in this server's future.
        await connection.execute("UPDATE es.sequencer SET snap = '900000000:900000000:'")
        await connection.execute("UPDATE es.events SET tx = '900000001'")
        await append(connection, stream("new"), 1)
    async with running(sequencer.run()):
        await until_sequenced(pool, 2)
        async with pool.acquire() as connection:
            await append(connection, stream("newer"), 1)
        await until_sequenced(pool, 3)

    assert await in_order(pool) == [(stream("old"), 1), (stream("new"), 1), (stream("newer"), 1)]


async def test_it_wakes_at_once_when_told_of_a_commit(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.sequencer.POLL_SECONDS", 60)
    wake = asyncio.Event()
    positions: asyncio.Queue[int] = asyncio.Queue()
    async with running(Sequencer(pool, wake, positions.put_nowait).run()):
        assert await positions.get() == 0
        async with pool.acquire() as connection:
            await append(connection, stream("one"), 1)
        wake.set()

        async with asyncio.timeout(30):
            assert await positions.get() == 1


async def test_what_another_process_commits_is_found_without_being_told(pool: Pool) -> None:
    positions: asyncio.Queue[int] = asyncio.Queue()
    async with running(Sequencer(pool, asyncio.Event(), positions.put_nowait).run()):
        assert await positions.get() == 0
        async with pool.acquire() as connection:
            await append(connection, stream("one"), 1)

        async with asyncio.timeout(30):
            assert await positions.get() == 1


async def test_what_another_process_numbered_is_told_here_too(pool: Pool) -> None:
    """Whoever follows the log in this process is woken though nothing was stored here."""
    seen: list[int] = []
    other = Sequencer(pool, asyncio.Event(), lambda _position: None)

    async def told(position: int) -> bool:
        return seen[-1:] == [position]

    async with running(Sequencer(pool, asyncio.Event(), seen.append).run()):
        await until(lambda: told(0))
        for version in range(1, 6):
            async with pool.acquire() as connection:
                await append(connection, stream("other"), version)
            await other.catch_up()
            await until(partial(told, version), seconds_max=5)
