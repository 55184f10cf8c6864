"""A log that is checked by several processes at once: the same is found as by one."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from infra.event_store.block_check import BlockCheck
from infra.event_store.check_part import check_part
from infra.event_store.check_worker import Task, helper
from infra.event_store.finding import LogReport
from infra.event_store.reading import Reading
from infra.event_store.verification import verify_log
from infra.sequencer import Sequencer
from infra.sql import statements
from tests.support.notebook import Page
from tests.support.own_record import OwnRecord, own_record

SQL = statements("infra.event_store")
BOOKS, LINES = 12, 50
OF_EVENTS = "WHERE (stream_id, version) = (SELECT stream_id, version FROM es.log WHERE position = {})"
ALTERED = (
    f"UPDATE es.events SET clear = '{{}}' {OF_EVENTS.format(300)}",
    "UPDATE es.log SET held_at = held_at - interval '1 second' WHERE position = 200",
    f"UPDATE es.events SET sealed = NULL {OF_EVENTS.format(5)}",
    f"DELETE FROM es.events {OF_EVENTS.format(550)}",
)


@pytest.fixture
async def own(database: str, keys_database: str) -> AsyncIterator[OwnRecord]:
    """612 facts, two and a half parts of 256."""
    async with own_record(database, keys_database) as opened:
        books = [await opened.begin(content=Page("dear diary")) for _ in range(BOOKS)]
        for line in range(LINES):
            for book in books:
                await opened.note(book, f"line {line} of {book}", "secret" if line % 2 else None)
        await Sequencer(opened.pool, asyncio.Event(), lambda _position: None).catch_up()
        yield opened


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("MIN", "MAX"):
        monkeypatch.setattr(f"infra.event_store.checked_parts.PART_POSITIONS_{limit}", 256)
    monkeypatch.setattr("infra.event_store.checked_parts.HELPED_POSITIONS_MIN", 1)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("altered", [False, True])
async def test_with_help_the_same_is_found_as_without(own: OwnRecord, database: str, *, altered: bool) -> None:
    for change in ALTERED if altered else ():
        assert (await own.pool.execute(change)).endswith(" 1")
    told: list[tuple[int, int]] = []
    alone = await verify_log(own.pool)
    helped = await verify_log(own.pool, url=database, progress=lambda at, last: told.append((at, last)))
    assert helped == alone
    assert (alone.facts, alone.positions) == ((611, 612) if altered else (612, 612))
    assert {found.position for found in alone.findings} >= ({5, 200, 300, 550} if altered else set())
    assert alone.sound or altered
    assert told == [(256, 612), (512, 612), (612, 612)]


async def test_a_helper_sees_the_moment_that_was_meant_and_not_what_came_later(own: OwnRecord, database: str) -> None:
    async with own.pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        snapshot = await connection.fetchval(SQL["check_export"])
        await own.pool.execute(ALTERED[0])
        async with helper(Task(database, snapshot, 612)) as beside:
            parts = [await beside.part(1, 512), await beside.part(513, 612)]
        here = await check_part(Reading(connection), BlockCheck(), 1, 512, positions=612)
    assert parts[0] == here
    assert [part.report for part in parts] == [LogReport(facts=512), LogReport(facts=100)]


@pytest.mark.usefixtures("small_parts")
async def test_where_no_helper_can_be_had_the_check_goes_on_without(own: OwnRecord) -> None:
    elsewhere = "postgresql://nobody@127.0.0.1:1/nothing"
    assert (await verify_log(own.pool, url=elsewhere)).facts == 612


@pytest.mark.usefixtures("small_parts")
async def test_a_helper_that_hangs_is_waited_for_once_and_the_check_goes_on_without(
    own: OwnRecord, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fork, stopped = os.fork, []

    def fork_and_stop() -> int:
        if process := fork():
            os.kill(process, signal.SIGSTOP)
            stopped.append(process)
        return process

    monkeypatch.setattr("os.fork", fork_and_stop)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr("infra.event_store.checked_parts.HELPED_PART_SECONDS_MAX", 0.3)
    async with asyncio.timeout(20):
        assert (await verify_log(own.pool, url=database)).facts == 612
    assert len(stopped) == 1
