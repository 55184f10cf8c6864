"""Keys of payloads that are made ahead, on a real Postgres."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator

import asyncpg
import pytest

from infra.sealing import open_sealed
from services.channels.workers import raw_keys
from services.channels.workers.raw_keeper import RAW_VERSION
from tests.integration.channels_stand import ChannelsStand, channels_stand
from tests.unit.channels.doors_under_test import FORM_DOOR as FORM

MADE = "SELECT count(*) FROM keys.contents"


@pytest.fixture
async def keys_connection(keys_database: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    connection = await asyncpg.connect(keys_database)
    yield connection
    await connection.close()


@pytest.fixture
async def stand(database: str, keys_database: str) -> AsyncIterator[ChannelsStand]:
    async with channels_stand(database, keys_database, "http://127.0.0.1:9") as opened:
        yield opened


async def made(connection: asyncpg.Connection[asyncpg.Record], count: int) -> None:
    async with asyncio.timeout(10):
        while await connection.fetchval(MADE) < count:  # noqa: ASYNC110  (nobody tells)
            await asyncio.sleep(0.01)


async def made_ahead(stand: ChannelsStand, connection: asyncpg.Connection[asyncpg.Record]) -> int:
    """How many keys a process makes ahead, once somebody asked for an id and it has."""
    assert not await connection.fetchval(MADE)
    stand.keeper.ids.new()
    count = 2 * raw_keys.AT_ONCE
    await made(connection, count)
    await asyncio.sleep(0.1)
    assert await connection.fetchval(MADE) == count
    return count


async def posted(stand: ChannelsStand, count: int, begin: int = 0) -> Counter[int]:
    """The statuses of so many forms, all at once."""
    answers = await asyncio.gather(
        *(
            stand.front.post(
                FORM.path,
                json.dumps({"message": f"number {number}", "email": "sam@shop.example"}).encode(),
                {**FORM.headers, "idempotency-key": f"form-{number}"},
            )
            for number in range(begin, begin + count)
        )
    )
    return Counter(answer.status_code for answer in answers)


async def test_what_comes_is_kept_under_a_key_that_was_there_before(
    stand: ChannelsStand, keys_connection: asyncpg.Connection[asyncpg.Record]
) -> None:
    count = await made_ahead(stand, keys_connection)
    await keys_connection.execute("ALTER TABLE keys.contents RENAME TO contents_elsewhere")
    assert await posted(stand, 20) == {202: 20}
    await keys_connection.execute("ALTER TABLE keys.contents_elsewhere RENAME TO contents")
    assert await keys_connection.fetchval(MADE) == count
    await stand.read_all()
    assert await stand.facts() == ["channels.contact.received.v1"] * 20


async def test_of_more_than_there_are_keys_for_each_gets_its_own(stand: ChannelsStand) -> None:
    count = 4 * raw_keys.AT_ONCE
    assert await posted(stand, count) == {202: count}
    rows = await stand.pool.fetch("SELECT raw_id, key_id, sealed FROM raws")
    assert len({row["key_id"] for row in rows}) == count
    keys = await stand.keys.keys_by_id(row["key_id"] for row in rows)
    opened = [
        open_sealed(keys[row["key_id"]], row["sealed"], stream_id=row["raw_id"], version=RAW_VERSION) for row in rows
    ]
    assert len(set(opened)) == count


async def test_while_no_keys_can_be_made_who_finds_none_is_to_come_again(
    stand: ChannelsStand, keys_connection: asyncpg.Connection[asyncpg.Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = await made_ahead(stand, keys_connection)
    monkeypatch.setattr(raw_keys, "RETRY_SECONDS", 0.05)
    await keys_connection.execute("ALTER TABLE keys.contents RENAME TO contents_elsewhere")
    assert await posted(stand, ahead) == {202: ahead}
    assert await posted(stand, 5, ahead) == {503: 5}
    await keys_connection.execute("ALTER TABLE keys.contents_elsewhere RENAME TO contents")
    assert await posted(stand, 5, ahead) == {202: 5}
    await made(keys_connection, 2 * ahead)


async def test_an_id_that_was_held_for_too_long_finds_its_key_in_the_database(
    stand: ChannelsStand, keys_connection: asyncpg.Connection[asyncpg.Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    await made_ahead(stand, keys_connection)
    monkeypatch.setattr(raw_keys, "HANDED_MAX", 1)
    first, second = stand.keeper.ids.new(), stand.keeper.ids.new()
    keys = await stand.keeper.ids.keys_of([first, second])
    rows = await keys_connection.fetch(
        "SELECT subject_id, key_id FROM keys.contents WHERE subject_id = ANY($1)", [first, second]
    )
    assert {row["subject_id"]: row["key_id"] for row in rows} == {first: keys[0].key_id, second: keys[1].key_id}
