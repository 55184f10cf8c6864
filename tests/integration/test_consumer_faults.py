"""Taking in over a damaged transport: holes, losses, restarts, silence."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from contracts.subjects import position_subject, stream_name
from infra.bus import Bus
from infra.embedded.nats import EmbeddedNats
from infra.postgres import Pool
from infra.stream import OriginStream
from tests.support.one_service import (
    OneService,
    running,
    until,
)
from tests.support.two_services import Downstream, consumer_of, permissive_stream, relay_of, replay_of, until_published


async def test_a_hole_is_filled_from_the_origins_log(bus: Bus, upstream: OneService, downstream: Downstream) -> None:
    await upstream.write(str(number) for number in range(40))
    await permissive_stream(bus, upstream.origin, deny_delete=False)
    async with running(relay_of(upstream, bus).run()):
        await until_published(upstream, bus, 40)
    for position in (1, 11, 12, 13, 40):
        await bus.client.jsm().delete_msg(stream_name(upstream.origin), position)
    async with running(replay_of(upstream, bus).run(), consumer_of(downstream, bus, upstream.origin).run()):
        await downstream.until_at(upstream.origin, 40)

    assert await downstream.effects() == list(range(1, 41))


async def test_what_the_transport_no_longer_holds_is_read_from_the_log(
    bus: Bus, upstream: OneService, downstream: Downstream
) -> None:
    await upstream.write(str(number) for number in range(300))
    await permissive_stream(bus, upstream.origin, max_msgs=5)
    async with running(relay_of(upstream, bus).run()):
        await until_published(upstream, bus, 300)
    async with running(replay_of(upstream, bus).run(), consumer_of(downstream, bus, upstream.origin).run()):
        await downstream.until_at(upstream.origin, 300)

    assert await downstream.effects() == list(range(1, 301))


async def test_what_aged_out_of_the_stream_with_nothing_after_it_is_read_from_the_log(
    bus: Bus, upstream: OneService, downstream: Downstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.pull.EXPIRES_SECONDS", 0.1)
    await upstream.write(["one", "two", "three"])
    await permissive_stream(bus, upstream.origin, deny_delete=False)
    async with running(relay_of(upstream, bus).run()):
        await until_published(upstream, bus, 3)
    for position in (2, 3):
        await bus.client.jsm().delete_msg(stream_name(upstream.origin), position)
    async with running(replay_of(upstream, bus).run(), consumer_of(downstream, bus, upstream.origin).run()):
        await downstream.until_at(upstream.origin, 3)

    assert await downstream.effects() == [1, 2, 3]


async def test_a_message_broken_on_the_way_is_read_from_the_log(
    bus: Bus, upstream: OneService, downstream: Downstream
) -> None:
    await upstream.write(["one", "two"])
    await OriginStream(bus, upstream.origin).create()
    await bus.client.jetstream().publish(position_subject(upstream.origin), b'{"origin": tr\x00')
    await bus.client.jetstream().publish(position_subject(upstream.origin), b"")
    async with running(replay_of(upstream, bus).run(), consumer_of(downstream, bus, upstream.origin).run()):
        await downstream.until_at(upstream.origin, 2)

    assert await downstream.effects() == [1, 2]


async def test_a_database_whose_connections_are_cut_is_waited_out(
    bus: Bus, upstream: OneService, downstream: Downstream
) -> None:
    async with running(relay_of(upstream, bus).run(), consumer_of(downstream, bus, upstream.origin).run()):
        for number in range(40):
            await upstream.write([str(number)])
            if number % 10 == 5:
                await cut_connections(downstream.pool)
        await downstream.until_at(upstream.origin, 40)

    assert await downstream.effects() == list(range(1, 41))


async def cut_connections(pool: Pool) -> None:
    await pool.execute(
        """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND application_name = 'downstream' AND pid <> pg_backend_pid()"""
    )


async def test_nats_restarted_in_the_midst_loses_and_repeats_nothing(
    upstream: OneService, downstream: Downstream, tmp_path: Path
) -> None:
    server = EmbeddedNats(tmp_path)
    await server.start()
    bus = Bus(server.url, name="test")
    await bus.start()
    async with running(
        relay_of(upstream, bus).run(),
        replay_of(upstream, bus).run(),
        consumer_of(downstream, bus, upstream.origin).run(),
    ):
        for number in range(60):
            await upstream.write([str(number)])
            if number % 20 == 10:
                server.child.signal(signal.SIGKILL)
                await server.child.ended()
                await upstream.write([f"while away {number}"])
                await server.start()
        await downstream.until_at(upstream.origin, 63)
        assert await downstream.effects() == list(range(1, 64))
    await bus.stop()
    await server.stop()


async def test_a_stream_emptied_and_published_again_repeats_no_effect(
    bus: Bus, upstream: OneService, downstream: Downstream
) -> None:
    await upstream.write(str(number) for number in range(30))
    async with running(
        relay_of(upstream, bus).run(),
        replay_of(upstream, bus).run(),
        consumer_of(downstream, bus, upstream.origin).run(),
    ):
        await downstream.until_at(upstream.origin, 30)
        await bus.client.jsm().delete_stream(stream_name(upstream.origin))
        await upstream.write(["one more"])
        await downstream.until_at(upstream.origin, 31)

    assert await downstream.effects() == list(range(1, 32))


async def test_a_consumer_deleted_on_the_server_is_made_again(
    bus: Bus, upstream: OneService, downstream: Downstream
) -> None:
    async with running(relay_of(upstream, bus).run(), consumer_of(downstream, bus, upstream.origin).run()):
        await upstream.write(["one"])
        await downstream.until_at(upstream.origin, 1)
        for info in await bus.client.jsm().consumers_info(stream_name(upstream.origin)):
            await bus.client.jsm().delete_consumer(stream_name(upstream.origin), info.name)
        await upstream.write(["two"])
        await downstream.until_at(upstream.origin, 2)

    assert await downstream.effects() == [1, 2]


async def test_a_consumer_that_fell_silent_is_noticed_by_the_position_it_lags_behind(
    bus: Bus, upstream: OneService, downstream: Downstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.pull.EXPIRES_SECONDS", 0.3)
    monkeypatch.setattr("infra.pull.SILENCE_SECONDS_MAX", 0.2)
    consumer = consumer_of(downstream, bus, upstream.origin)
    async with running(relay_of(upstream, bus).run(), consumer.run()):
        await upstream.write(["one"])
        await downstream.until_at(upstream.origin, 1)
        assert consumer._pull is not None
        assert consumer._pull._subscription is not None
        await consumer._pull._subscription.unsubscribe()
        await upstream.write(["two"])
        await downstream.until_at(upstream.origin, 2)

    assert await downstream.effects() == [1, 2]


async def test_a_checkpoint_ahead_of_the_origins_log_is_told(
    bus: Bus, upstream: OneService, downstream: Downstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.pull.EXPIRES_SECONDS", 0.1)
    await downstream.pool.execute("INSERT INTO es.checkpoints VALUES ($1, 0, 7)", upstream.origin)
    await upstream.write(["one"])
    consumer = consumer_of(downstream, bus, upstream.origin)

    async def stuck() -> bool:
        return consumer.stuck is not None

    async with running(relay_of(upstream, bus).run(), replay_of(upstream, bus).run(), consumer.run()):
        await until(stuck)

    assert consumer.stuck == "checkpoint 7 is ahead of the origin's log, which is at 1"
    assert await downstream.effects() == []
