"""Checkpoints and tiles: signed as the log grows, and enough for a witness outside to follow it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid5

import httpx
import pytest
from litestar import Litestar

from contracts.vocabulary import NAMESPACE
from infra.checkpointer import Checkpointer, SigningKeyUnreadable
from infra.checkpoints import open_checkpoint, parse_key
from infra.log_tree import LogTree, TreeIncomplete
from infra.merkle import full_root, root_of, verify_consistency, verify_inclusion
from infra.migrate import migrate
from infra.postgres import Pool, open_pool
from infra.sequencer import Sequencer
from infra.sql import statements
from infra.tiles import log_router
from tests.support.notebook import NOW
from tests.support.one_service import running, until

KEK = bytes(range(32))
STREAM = uuid5(NAMESPACE, "checkpoints")


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    pool = await open_pool(database, application_name="checkpoints", size_max=4)
    await migrate(pool)
    yield pool
    await pool.close()


async def grow(pool: Pool, count: int, *, stream: UUID = STREAM, seconds: int = 0) -> None:
    """Store and sequence that many facts, recorded so long after the hour."""
    await pool.execute(
        """INSERT INTO es.events (stream_id, version, event_id, topic, clear, seals, meta, recorded_at, hash)
           SELECT $1, n, gen_random_uuid(), 't', '{}', '[]', '{}', $3, sha256(int8send(n))
           FROM (SELECT coalesce(max(version), 0) AS last FROM es.events WHERE stream_id = $1) AS e,
             generate_series(last + 1, last + $2::bigint) AS n ORDER BY n""",
        stream,
        count,
        NOW + timedelta(seconds=seconds),
    )
    await Sequencer(pool, asyncio.Event(), lambda _position: None).catch_up()


async def leaves(pool: Pool) -> list[bytes]:
    return [row["leaf"] for row in await pool.fetch("SELECT leaf FROM es.log ORDER BY position")]


async def get(pool: Pool, path: str, method: str = "GET") -> httpx.Response:
    source = SimpleNamespace(pool=pool, checkpointer=Checkpointer(pool, "notes", KEK))
    app: Any = Litestar([log_router(source)], openapi_config=None, logging_config=None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://notes") as client:
        return await client.request(method, path)


async def test_the_signed_root_is_that_of_all_leaves_whatever_the_size(pool: Pool) -> None:
    checkpointer = Checkpointer(pool, "notes", KEK)
    key = await checkpointer.key()
    assert await checkpointer.sign_now() is None
    for count in (1, 2, 252, 1, 1, 255, 300, 700):
        await grow(pool, count)
        signed = await checkpointer.sign_now()
        assert signed is not None
        checkpoint = open_checkpoint(signed.note, key)
        assert (checkpoint.origin, checkpoint.size, checkpoint.root) == ("eender/notes", signed.size, signed.root)
        assert signed.root == root_of((await leaves(pool))[: signed.size])
    assert await checkpointer.latest() == await checkpointer.sign_now(), "a log that did not grow is not signed again"


async def test_paths_out_of_tiles_are_right(pool: Pool) -> None:
    checkpointer, sizes = Checkpointer(pool, "notes", KEK), []
    for count in (100, 156, 44, 612):
        await grow(pool, count)
        signed = await checkpointer.sign_now()
        assert signed is not None
        sizes.append(signed)
    everything = await leaves(pool)
    for signed in sizes:
        for index in {0, 1, 99, signed.size // 2, signed.size - 1}:
            path = await LogTree(pool).inclusion_path(index, signed.size)
            assert verify_inclusion(everything[index], index, signed.size, path, signed.root)
        for old in sizes[: sizes.index(signed) + 1]:
            path = await LogTree(pool).consistency_path(old.size, signed.size)
            assert verify_consistency(old.size, signed.size, path, old.root, signed.root)
    with pytest.raises(TreeIncomplete):
        await LogTree(pool).root(sizes[-1].size + 1)


async def test_it_signs_by_itself_as_the_log_grows(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.checkpointer.CHECKPOINT_SECONDS", 0.6)
    checkpointer = Checkpointer(pool, "notes", None)

    async def signed_up_to(size: int) -> bool:
        latest = await checkpointer.latest()
        return latest is not None and latest.size == size

    async with running(checkpointer.run()):
        for count, size in ((3, 3), (300, 303)):
            await grow(pool, count)
            checkpointer.wake(size)
            await until(lambda size=size: signed_up_to(size))  # type: ignore[misc]  # mypy infers no lambda defaults


async def test_two_that_sign_at_once_share_a_key_and_sign_once(pool: Pool) -> None:
    await grow(pool, 10)
    many = [Checkpointer(pool, "notes", KEK) for _ in range(4)]
    found = await asyncio.gather(*(each.covering(10) for each in many))
    assert len({each.note for each in found if each is not None}) == 1
    assert await pool.fetchval("SELECT count(*) FROM es.signing_keys") == 1
    assert await many[0].covering(11) is None


async def test_a_key_that_was_stored_as_it_is_is_wrapped_by_whoever_has_what_wraps_it(pool: Pool) -> None:
    key = await Checkpointer(pool, "notes", None).key()
    assert await Checkpointer(pool, "notes", KEK).key() == key
    row = await pool.fetchrow("SELECT wrapped, length(private) AS length FROM es.signing_keys")
    assert row is not None
    assert tuple(row) == (True, 12 + 32 + 16)
    assert await Checkpointer(pool, "notes", KEK).key() == key
    with pytest.raises(SigningKeyUnreadable):
        await Checkpointer(pool, "notes", None).key()


async def test_the_private_key_rests_wrapped_and_another_key_does_not_open_it(pool: Pool) -> None:
    key = await Checkpointer(pool, "notes", KEK).key()
    row = await pool.fetchrow("SELECT * FROM es.signing_keys")
    assert row is not None
    assert (row["wrapped"], row["public"], len(row["private"])) == (True, key.public, 12 + 32 + 16)
    for service, kek in (("notes", bytes(32)), ("notes", None), ("books", KEK)):
        with pytest.raises(SigningKeyUnreadable):
            await Checkpointer(pool, service, kek).key()
    assert await Checkpointer(pool, "notes", KEK).key() == key


async def test_a_witness_follows_the_log_by_its_tiles_alone(pool: Pool) -> None:
    assert (await get(pool, "/log/checkpoint")).status_code == 404
    await grow(pool, 600)
    await Checkpointer(pool, "notes", KEK).sign_now()
    key = parse_key((await get(pool, "/log/key")).text)
    answer = await get(pool, "/log/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    for path in ("checkpoint", "key", "tile/0/000", "tile/0/002.p/88"):
        shown, asked = await get(pool, f"/log/{path}"), await get(pool, f"/log/{path}", "HEAD")
        assert (asked.status_code, asked.headers["content-length"]) == (200, str(len(shown.content)))
    checkpoint = open_checkpoint(answer.text, key)
    tiles = [await get(pool, f"/log/tile/0/{place}") for place in ("000", "001", "002.p/88")]
    assert all("immutable" in tile.headers["cache-control"] for tile in tiles)
    hashes = [tile.content[at : at + 32] for tile in tiles for at in range(0, len(tile.content), 32)]
    assert hashes == await leaves(pool)
    assert root_of(hashes) == checkpoint.root
    upper = (await get(pool, "/log/tile/1/000.p/2")).content
    assert upper == full_root(hashes[:256]) + full_root(hashes[256:512])


@pytest.mark.parametrize(
    "place",
    [
        "0/002",
        "0/002.p/89",
        "0/003",
        "0/x001/000",
        "0/x000/000",
        "1/000",
        "1/000.p/3",
        "8/000",
        "0/1",
        "0/000.p/256",
        "0/000.p/0",
        "0/a",
    ],
)
async def test_a_tile_that_is_not_there_yet_is_not_found(pool: Pool, place: str) -> None:
    await grow(pool, 600)
    await Checkpointer(pool, "notes", KEK).sign_now()
    assert (await get(pool, f"/log/tile/{place}")).status_code == 404


async def test_a_clock_that_steps_back_does_not_take_the_log_with_it(pool: Pool) -> None:
    for number, seconds in enumerate((0, 5, 2, 4, 9)):
        await grow(pool, 2, stream=uuid5(NAMESPACE, f"clock {number}"), seconds=seconds)
    rows = await pool.fetch(
        "SELECT held_at, recorded_at FROM es.log JOIN es.events USING (stream_id, version) ORDER BY position"
    )
    assert [(row["held_at"] - NOW).seconds for row in rows[::2]] == [0, 5, 5, 5, 9]
    assert [(row["recorded_at"] - NOW).seconds for row in rows[::2]] == [0, 5, 2, 4, 9]


async def test_the_log_is_signed_while_its_tables_are_made_anew(pool: Pool) -> None:
    """A rebuild may take an hour, and neither it nor the signing waits for the other."""
    await grow(pool, 3)
    async with pool.acquire() as rebuilding, asyncio.timeout(5):
        assert await rebuilding.fetchval(statements("infra")["hold_rebuild"])
        signed = await Checkpointer(pool, "notes", KEK).sign_now()
    assert signed is not None
    assert signed.size == 3
