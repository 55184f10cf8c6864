"""A log that was left alone for long: it is numbered in a time that grows with the backlog, not with its square."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator

import pytest

from infra.migrate import migrate
from infra.postgres import Pool, open_pool
from infra.sequencer import Sequencer

EVENTS = 1_000_000 if os.environ.get("EENDER_TEST_LONG") == "1" else 100_000
SECONDS_MAX_PER_100_000 = 20.0
IN_ORDER = """SELECT count(*) = $1 AND min(position) = 1 AND max(position) = $1
  AND count(*) = count(*) FILTER (WHERE version = before + 1) FROM (
    SELECT position, version, lag(version, 1, 0::bigint) OVER (PARTITION BY stream_id ORDER BY position) AS before
    FROM es.log) AS log"""


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    pool = await open_pool(database, application_name="sequencer", size_max=4)
    await migrate(pool)
    yield pool
    await pool.close()


async def store(pool: Pool, events: int, *, streams: int, first_version: int = 1) -> None:
    """So many events in one transaction, in turn on so many streams."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL statement_timeout = 0")
        await connection.execute(
            """INSERT INTO es.events (stream_id, version, event_id, topic, clear, seals, meta, recorded_at, hash)
               SELECT lpad(to_hex(n % $2), 32, '0')::uuid, $3 + n / $2, lpad(to_hex(n), 32, '0')::uuid, 't', '{}',
                 '[]', '{}', now(), '' FROM generate_series(0, $1::bigint - 1) AS n""",
            events,
            streams,
            first_version,
        )
    await pool.execute("ANALYZE es.events")


@pytest.mark.timeout(600)
async def test_a_great_backlog_is_numbered_in_order_and_in_bounded_time(pool: Pool) -> None:
    sequencer = Sequencer(pool, asyncio.Event(), lambda _position: None)
    await store(pool, EVENTS // 2, streams=1_000)
    await store(pool, EVENTS // 2, streams=1_000, first_version=1 + EVENTS // 2_000)
    began = time.monotonic()

    await sequencer.catch_up()

    assert time.monotonic() - began < SECONDS_MAX_PER_100_000 * EVENTS / 100_000
    assert await pool.fetchval(IN_ORDER, EVENTS)


async def test_what_is_stored_while_a_backlog_is_numbered_comes_after_it_and_is_not_left_out(pool: Pool) -> None:
    sequencer = Sequencer(pool, asyncio.Event(), lambda _position: None, turn_events_max=50)
    async with pool.acquire() as early, early.transaction():
        # A transaction that began before the backlog and ends in the middle of its numbering.
        await early.execute("SELECT pg_current_xact_id()")
        await store(pool, 200, streams=4)
        assert await sequencer.turn() == 50
        await early.execute(
            """INSERT INTO es.events (stream_id, version, event_id, topic, clear, seals, meta, recorded_at, hash)
               SELECT gen_random_uuid(), 1, gen_random_uuid(), 'early', '{}', '[]', '{}', now(), ''"""
        )
    await store(pool, 100, streams=4, first_version=51)
    assert await sequencer.turn() == 50

    await sequencer.catch_up()

    assert await pool.fetchval("SELECT count(*) = 301 AND max(position) = 301 FROM es.log")
    found = await pool.fetchrow(
        """SELECT max(l.position) FILTER (WHERE l.version <= 50 AND e.topic = 't'),
             max(l.position) FILTER (WHERE e.topic = 'early'), max(l.position)
           FROM es.log l JOIN es.events e USING (stream_id, version)"""
    )
    assert found is not None
    last_of_backlog, early_position, last = found
    assert (last_of_backlog, last) == (200, 301)
    assert early_position > 200


async def test_a_sequencer_that_dies_in_the_middle_of_a_backlog_is_followed_by_another(pool: Pool) -> None:
    await store(pool, 500, streams=5)
    for _ in range(3):
        await Sequencer(pool, asyncio.Event(), lambda _position: None, turn_events_max=40).turn()

    await Sequencer(pool, asyncio.Event(), lambda _position: None, turn_events_max=70).catch_up()

    assert await pool.fetchval(IN_ORDER, 500)
