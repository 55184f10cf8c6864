"""The log in pages: each as it would be read by itself, whatever comes meanwhile; nothing is decoded unasked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from eventsourcing.domain import OriginatorVersionError

from infra.event_store import UnknownTopic, verify_log
from tests.support.notebook import Begun, Notebook, Noted, Page
from tests.support.own_record import OwnRecord, own_record


@pytest.fixture
async def own(database: str, keys_database: str) -> AsyncIterator[OwnRecord]:
    async with own_record(database, keys_database) as opened:
        yield opened


async def positions_of(own: OwnRecord, limit: int) -> list[int]:
    async with aclosing(own.log.pages(0, limit)) as pages:
        return [logged.position async for page in pages for logged in page]


@pytest.mark.parametrize("limit", [1, 3, 4, 12, 1_000])
async def test_pages_of_any_length_hold_every_fact_once_and_in_order(own: OwnRecord, limit: int) -> None:
    books = [await own.begin(content=Page("dear diary")) for _ in range(4)]
    for book in books:
        await own.note(book, f"one of {book}")
        await own.note(book, f"two of {book}", "secret")
    await own.sequence()
    assert await positions_of(own, limit) == list(range(1, 13))


@pytest.mark.parametrize("order", [(1, 3, 2, 4), (1, 4, 2, 3), (4, 3, 2, 1), (2, 1, 4, 3)])
async def test_facts_that_were_stored_in_another_order_than_they_stand_in_the_log_are_read_in_the_logs(
    own: OwnRecord, order: tuple[int, ...]
) -> None:
    books = [await own.begin(content=Page(f"diary {number}")) for number in range(4)]
    await own.sequence()
    await own.pool.execute("UPDATE es.log SET position = position + 100")
    for book, position in zip(books, order, strict=True):
        await own.pool.execute("UPDATE es.log SET position = $2 WHERE stream_id = $1", book, position)
    await own.pool.execute("UPDATE es.sequencer SET next_position = 5")
    read = await own.log.read(0, 10)
    assert [each.position for each in read] == [1, 2, 3, 4]
    assert [each.fact.originator_id for each in read] == [books[order.index(position)] for position in (1, 2, 3, 4)]
    assert [each.meta.stream_id for each in read] == [each.fact.originator_id for each in read]
    assert (await verify_log(own.pool)).sound


async def test_what_comes_while_pages_are_read_is_not_passed_over(own: OwnRecord) -> None:
    book = await own.begin()
    for number in range(5):
        await own.note(book, f"line {number}")
    await own.sequence()
    seen = []
    async with aclosing(own.log.pages(0, 2)) as pages:
        async for page in pages:
            seen += [logged.position for logged in page]
            if len(seen) < 12:
                await own.note(book, f"another after {len(seen)}")
                await own.note(book, f"and another after {len(seen)}")
                await own.sequence()
    assert seen == list(range(1, len(seen) + 1))
    assert len(seen) >= 6


async def test_pages_are_left_at_any_moment(own: OwnRecord) -> None:
    book = await own.begin()
    for number in range(9):
        await own.note(book, f"line {number}")
    await own.sequence()
    async with aclosing(own.log.pages(0, 2)) as pages:
        async for page in pages:
            assert [logged.position for logged in page] == [1, 2]
            break
    assert await own.log.last_position() == 10


async def test_a_fact_of_an_unknown_topic_spares_its_neighbours(own: OwnRecord) -> None:
    book = await own.begin()
    await own.note(book, "one")
    await own.sequence()
    await own.pool.execute("UPDATE es.events SET topic = 'notebook.noted.v9' WHERE version = 2")
    first, second = await own.log.read(0, 10)
    assert isinstance(first.fact, Begun)
    assert (second.topic, second.meta.version) == ("notebook.noted.v9", 2)
    with pytest.raises(UnknownTopic, match=f"{book} version 2: topic notebook.noted.v9 is newer"):
        _ = second.fact


async def test_a_stream_with_a_hole_does_not_load(own: OwnRecord) -> None:
    book = await own.begin()
    for line in ("one", "two", "three"):
        await own.note(book, line)
    await own.sequence()
    (_, second, *_) = await own.log.read(0, 10)
    assert isinstance(second.fact, Noted)
    await own.pool.execute("DELETE FROM es.events WHERE version = 3")
    with pytest.raises(OriginatorVersionError):
        await own.record.load(Notebook, book)
