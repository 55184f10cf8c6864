"""A whole service out of a Runtime: two of them talk, one stops, and health says why it cannot work."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from uuid import uuid5

import msgspec
import pytest

from contracts.envelope import Message
from contracts.stored import CommandContext, Work
from contracts.vocabulary import NAMESPACE
from infra.checkpointer import SigningKeyUnreadable
from infra.embedded.nats import EmbeddedNats
from infra.runtime import KEYS_POOL_SIZE_MAX, Runtime
from infra.settings import ServiceSettings, SettingsError
from tests.support.one_service import (
    Note,
    NoteWritten,
    fresh_origin,
    note_subject,
    publisher,
    until,
    write_note,
    written,
)


def settings(database: str, nats_url: str, keys_url: str | None = None, kek_spec: str | None = None) -> ServiceSettings:
    return ServiceSettings(database_url=database, nats_url=nats_url, keys_url=keys_url, kek_spec=kek_spec)


@asynccontextmanager
async def echoing(name: str, settings: ServiceSettings, origin: str) -> AsyncIterator[Runtime]:
    """A service that writes down, under its own name, every note another one said aloud."""
    runtime = Runtime(service=name, settings=settings, publish=publisher(name))
    async with runtime:

        async def echo_on_note_written(message: Message, context: CommandContext) -> None:
            text = msgspec.json.decode(message.data, type=NoteWritten).text

            async def decide() -> Work:
                return Work(streams=(Note.write(uuid5(NAMESPACE, f"{name} {text}"), f"echo {text}", aloud=True),))

            await runtime.record.transact(context, decide)

        runtime.consume(origin, {note_subject(origin): echo_on_note_written})
        runtime.run()
        yield runtime


@pytest.fixture
async def pair(database: str, keys_database: str, nats_url: str) -> AsyncIterator[tuple[Runtime, Runtime]]:
    first, second = fresh_origin(), fresh_origin()
    speaker = Runtime(service=first, settings=settings(database, nats_url), publish=publisher(first))
    async with speaker, echoing(second, settings(keys_database, nats_url), first) as echo:
        speaker.run()
        yield speaker, echo


async def test_what_one_service_says_another_hears_once(pair: tuple[Runtime, Runtime]) -> None:
    speaker, echo = pair
    for number in range(20):
        await write_note(speaker.record, f"{speaker.service} {number}")

    assert await echo.handled.wait(speaker.service, 20, timeout_ms=20_000)

    async def echoed() -> bool:
        return await echo.log.last_position() == 20

    await until(echoed)
    facts = await echo.log.read(0, 100)
    assert [note.text for note in written(facts)] == [f"echo {speaker.service} {number}" for number in range(20)]
    assert await speaker.ready() == []
    assert await echo.ready() == []


async def test_listeners_are_told_of_each_growth_of_the_own_log(pair: tuple[Runtime, Runtime]) -> None:
    speaker, _ = pair
    positions: asyncio.Queue[int] = asyncio.Queue()
    speaker.on_sequenced(positions.put_nowait)

    await write_note(speaker.record, f"{speaker.service} one")

    async with asyncio.timeout(30):
        while await positions.get() < 1:
            pass


async def test_waiting_for_an_effect_that_does_not_come_ends_in_time(pair: tuple[Runtime, Runtime]) -> None:
    speaker, echo = pair

    assert not await echo.handled.wait(speaker.service, 99, timeout_ms=30)


async def test_a_task_that_fails_starts_again_and_readiness_says_so_meanwhile(
    database: str, nats_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.supervisor.RETRY_DELAY_SECONDS_MIN", 0.3)
    runtime = Runtime(service=fresh_origin(), settings=settings(database, nats_url))
    starts: list[int] = []

    async def fail_once() -> None:
        starts.append(len(starts))
        if len(starts) == 1:
            raise ValueError
        await asyncio.Event().wait()

    async with runtime:
        runtime.spawn("fragile", fail_once)
        runtime.run()
        await runtime.bus.wait_connected()

        async def down() -> bool:
            return await runtime.ready() == ["task fragile is down"]

        async def up() -> bool:
            return await runtime.ready() == []

        await until(down)
        await until(up)

    assert starts == [0, 1]


async def test_a_service_starts_and_stores_without_its_transport_and_publishes_when_it_comes(
    database: str, tmp_path: Path
) -> None:
    server = EmbeddedNats(tmp_path)
    await server.start()
    await server.stop()
    runtime = Runtime(
        service=(origin := fresh_origin()), settings=settings(database, server.url), publish=publisher(origin)
    )
    async with runtime:
        runtime.run()
        await write_note(runtime.record, f"{origin} early")
        assert await runtime.ready() == ["transport not reached yet"]
        await server.start()

        async def ready() -> bool:
            return await runtime.ready() == []

        await until(ready)
        await server.stop()
        assert await runtime.ready() == []


async def test_everything_ends_within_five_seconds_whatever_a_task_does(database: str, nats_url: str) -> None:
    runtime = Runtime(service=fresh_origin(), settings=settings(database, nats_url))
    loop = asyncio.get_running_loop()

    async def cling() -> None:
        async with runtime.pool.acquire() as connection:
            while True:
                with suppress(BaseException):
                    await connection.fetch("SELECT pg_sleep(30)")
                await asyncio.sleep(0)
                if loop.time() > deadline:
                    return

    async with runtime:
        deadline = loop.time() + 8
        runtime.spawn("clinging", cling)
        runtime.run()
        await runtime.bus.wait_connected()
        await asyncio.sleep(0.1)
        began = loop.time()
        await runtime.stop()

    assert loop.time() - began < 5
    await asyncio.sleep(0)


async def test_sealing_needs_its_database_and_its_key(database: str, nats_url: str) -> None:
    runtime = Runtime(service=fresh_origin(), settings=settings(database, nats_url), sealing=True)

    with pytest.raises(SettingsError, match="EENDER_KEYS_URL"):
        await runtime.start()


async def test_a_service_whose_log_another_key_signs_does_not_start_and_says_why(
    database: str, nats_url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    origin, keys = fresh_origin(), dict[str, str]()
    for name in ("ours", "theirs"):
        keys[name] = f"file:{tmp_path / name}"
        (tmp_path / name).write_bytes(os.urandom(32))
    async with Runtime(service=origin, settings=settings(database, nats_url, kek_spec=keys["ours"])):
        pass
    for kek_spec, said in (
        (keys["theirs"], "the signing key does not open with this key-encryption key"),
        (None, "the signing key is wrapped, and there is no key-encryption key"),
    ):
        capfd.readouterr()
        with pytest.raises(SigningKeyUnreadable, match=said):
            await Runtime(service=origin, settings=settings(database, nats_url, kek_spec=kek_spec)).start()
        assert f"{origin}: {said}\n" in capfd.readouterr().err


async def test_a_service_that_seals_has_its_keys(
    database: str, keys_database: str, nats_url: str, tmp_path: Path
) -> None:
    (tmp_path / "kek").write_bytes(bytes(range(32)))
    (tmp_path / "kek").chmod(0o600)
    sealed = settings(database, nats_url, keys_url=keys_database, kek_spec=f"file:{tmp_path / 'kek'}")
    async with Runtime(service=fresh_origin(), settings=sealed, sealing=True) as runtime:
        assert await runtime.keys.keys_by_id([]) == {}


async def test_readiness_asks_all_databases_at_once(
    database: str, keys_database: str, nats_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.runtime.DATABASE_CHECK_SECONDS_MAX", 60)
    asked = asyncio.Event()
    (tmp_path / "kek").write_bytes(bytes(range(32)))
    (tmp_path / "kek").chmod(0o600)
    given = settings(database, nats_url, keys_database, f"file:{tmp_path / 'kek'}")
    async with Runtime(service=fresh_origin(), settings=given, sealing=True) as runtime, AsyncExitStack() as held:
        runtime.run()
        await runtime.bus.wait_connected()
        async with AsyncExitStack() as keys:
            for _ in range(KEYS_POOL_SIZE_MAX):
                connection = await keys.enter_async_context(runtime._pools["keys database"].acquire())
                connection.add_query_logger(lambda _query: asked.set())
        for _ in range(runtime.pool.get_max_size()):
            await held.enter_async_context(runtime.pool.acquire())
        answer = asyncio.create_task(runtime.ready())
        async with asyncio.timeout(30):
            await asked.wait()
        assert not answer.done()
        await held.aclose()
        assert await answer == []


async def test_consumers_are_named_before_the_work_begins(database: str, nats_url: str) -> None:
    async with Runtime(service=fresh_origin(), settings=settings(database, nats_url)) as runtime:
        runtime.run()
        with pytest.raises(RuntimeError, match="before run"):
            runtime.consume("case", {})
