"""The relay: stream sequence is position, whatever crashes, and the log is what is true."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from nats.js.api import RawStreamMsg, StreamConfig

from contracts.envelope import Message
from contracts.log import ReplayRequest
from contracts.subjects import position_subject, replay_subject, stream_name
from infra import telemetry
from infra.bus import Bus
from infra.embedded.nats import EmbeddedNats
from infra.event_store import UnknownTopic
from infra.stream import OriginStream, Publisher
from tests.support.one_service import (
    OneService,
    fresh_origin,
    note_subject,
    one_service,
    running,
    until,
    written,
)
from tests.support.two_services import relay_of, replay_of


async def published(bus: Bus, origin: str) -> int:
    return await OriginStream(bus, origin).last_sequence() or 0


async def until_published(bus: Bus, origin: str, position: int) -> None:
    async def reached() -> bool:
        return await published(bus, origin) >= position

    await until(reached)


async def stored(bus: Bus, origin: str) -> list[RawStreamMsg]:
    manager = bus.client.jsm()
    info = await manager.stream_info(stream_name(origin))
    assert (info.state.first_seq, info.state.messages) == (1, info.state.last_seq), "nothing lost, nothing deleted"
    return [await manager.get_msg(stream_name(origin), seq=seq) for seq in range(1, info.state.last_seq + 1)]


async def assert_each_position_once(bus: Bus, upstream: OneService) -> None:
    facts = await upstream.log.read(0, 1_000)
    messages = [msgspec.json.decode(raw.data or b"", type=Message) for raw in await stored(bus, upstream.origin)]
    assert [m.position for m in messages] == list(range(1, len(facts) + 1))
    assert [m.event_id for m in messages if m.event_id] == [f.meta.event_id for f in facts if written([f])[0].aloud]


async def test_every_position_becomes_one_message_and_private_facts_empty_ones(bus: Bus, upstream: OneService) -> None:
    with telemetry.span("command"):
        traceparent = telemetry.current_traceparent()
        await upstream.write(["said aloud"])
    await upstream.write(["kept private"], aloud=False)
    async with running(relay_of(upstream, bus).run()):
        await until_published(bus, upstream.origin, 2)

    public, private = await stored(bus, upstream.origin)
    message = msgspec.json.decode(public.data or b"", type=Message)
    assert public.subject == note_subject(upstream.origin)
    assert public.headers is not None
    assert message.traceparent == public.headers["traceparent"]
    assert traceparent is not None
    assert message.traceparent is not None
    assert message.traceparent.split("-")[1] == traceparent.split("-")[1]
    assert set(public.headers) == {"Nats-Expected-Last-Sequence", "traceparent"}
    assert bytes(message.data) == msgspec.json.encode({"text": f"{upstream.origin} said aloud"})
    assert private.subject == position_subject(upstream.origin)
    empty = msgspec.json.decode(private.data or b"")
    assert set(empty) == {"origin", "position", "recorded_at", "data"}
    assert empty["data"] == {}


async def test_a_relay_killed_at_any_moment_is_continued_without_double_or_gap(bus: Bus, upstream: OneService) -> None:
    await upstream.write(str(number) for number in range(300))
    for lifetime in range(12):
        async with running(relay_of(upstream, bus).run()):
            await asyncio.sleep(lifetime * 0.004)
        await upstream.write([f"later {lifetime}"])
    async with running(relay_of(upstream, bus).run()):
        await until_published(bus, upstream.origin, 312)

    await assert_each_position_once(bus, upstream)


async def test_a_window_stored_by_a_relay_that_never_heard_of_it_is_not_published_again(
    bus: Bus, upstream: OneService, monkeypatch: pytest.MonkeyPatch
) -> None:
    await upstream.write(str(number) for number in range(20))
    monkeypatch.setattr(Publisher, "_settle", never)
    async with running(relay_of(upstream, bus).run()):
        await until_published(bus, upstream.origin, 20)
    monkeypatch.undo()
    await upstream.write(["later"])
    async with running(relay_of(upstream, bus).run()):
        await until_published(bus, upstream.origin, 21)

    await assert_each_position_once(bus, upstream)


async def never(_publisher: Publisher, _messages: Sequence[Message]) -> None:
    await asyncio.Event().wait()


async def test_two_relays_at_once_publish_each_position_once(bus: Bus, upstream: OneService) -> None:
    async with running(relay_of(upstream, bus).run(), relay_of(upstream, bus).run()):
        for number in range(60):
            await upstream.write([str(number)])
        await until_published(bus, upstream.origin, 60)

    await assert_each_position_once(bus, upstream)


async def test_a_deleted_stream_is_published_again_out_of_the_log(bus: Bus, upstream: OneService) -> None:
    await upstream.write(str(number) for number in range(30))
    relay = relay_of(upstream, bus)
    async with running(relay.run()):
        await until_published(bus, upstream.origin, 30)
        await bus.client.jsm().delete_stream(stream_name(upstream.origin))
        await upstream.write(["one more"])
        await until_published(bus, upstream.origin, 31)

    await assert_each_position_once(bus, upstream)
    assert relay.halted is None


async def test_a_deleted_stream_is_published_again_though_nothing_new_happens(
    bus: Bus, upstream: OneService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.relay.POLL_SECONDS", 0.05)
    monkeypatch.setattr("infra.relay.VERIFY_SECONDS", 0.1)
    await upstream.write(str(number) for number in range(5))
    async with running(relay_of(upstream, bus).run()):
        await until_published(bus, upstream.origin, 5)
        await bus.client.jsm().delete_stream(stream_name(upstream.origin))
        await until_published(bus, upstream.origin, 5)

    await assert_each_position_once(bus, upstream)


async def test_a_stream_ahead_of_the_log_halts_the_relay_until_somebody_mends_it(
    bus: Bus, upstream: OneService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.relay.HALTED_SECONDS", 0.05)
    await OriginStream(bus, upstream.origin).create()
    for _ in range(3):
        await bus.client.jetstream().publish(position_subject(upstream.origin), b"{}")
    await upstream.write(["one", "two"])
    relay = relay_of(upstream, bus)

    async def halted() -> bool:
        return relay.halted is not None

    async with running(relay.run()):
        await until(halted)
        assert relay.halted == "the stream is at 3, ahead of the log, which is at 2"
        await bus.client.jsm().delete_stream(stream_name(upstream.origin))
        await until_published(bus, upstream.origin, 2)

        async def mended() -> bool:
            return relay.halted is None

        await until(mended)

    await assert_each_position_once(bus, upstream)


async def test_a_stream_of_another_past_halts_the_relay(bus: Bus, upstream: OneService, keys_database: str) -> None:
    async with one_service(keys_database, upstream.origin) as other:
        await other.write(["another past"])
        async with running(relay_of(other, bus).run()):
            await until_published(bus, upstream.origin, 1)
    await upstream.write(["this past", "and more"])
    relay = relay_of(upstream, bus)

    async def halted() -> bool:
        return relay.halted is not None

    async with running(relay.run()):
        await until(halted)

    assert relay.halted == "position 1 of the stream is not the fact of position 1 of the log"
    assert await published(bus, upstream.origin) == 1


async def test_the_log_grows_while_the_transport_is_away_and_is_published_when_it_is_back(
    upstream: OneService, tmp_path: Path
) -> None:
    server = EmbeddedNats(tmp_path)
    await server.start()
    bus = Bus(server.url, name="test")
    await bus.start()
    async with running(relay_of(upstream, bus).run()):
        await upstream.write(["before"])
        await bus.wait_connected()
        await until_published(bus, upstream.origin, 1)
        await server.stop()
        await upstream.write(str(number) for number in range(50))
        await server.start()
        await bus.wait_connected()
        await until_published(bus, upstream.origin, 51)
        await assert_each_position_once(bus, upstream)
        await server.stop()
        shutil.rmtree(tmp_path / "nats" / "store")
        await server.start()
        await bus.wait_connected()
        await until_published(bus, upstream.origin, 51)
        await assert_each_position_once(bus, upstream)
    await bus.stop()
    await server.stop()


async def test_a_message_that_the_transport_cannot_carry_halts_the_relay_by_name(
    bus: Bus, upstream: OneService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.relay.HEADROOM_BYTES", bus.client.max_payload - 2_000)
    await upstream.write(["small", "x" * 3_000, "small again"])
    relay = relay_of(upstream, bus)

    async def halted() -> bool:
        return relay.halted is not None

    async with running(relay.run()):
        await until(halted)

    assert relay.halted is not None
    assert "position 2 " in relay.halted
    assert await published(bus, upstream.origin) == 1


async def test_a_fact_of_a_newer_program_halts_the_relay_by_name_and_what_is_before_it_is_told(
    bus: Bus, upstream: OneService
) -> None:
    await upstream.write(["one", "two", "three", "four"])
    (_, _, third, _) = await upstream.log.read(0, 4)
    await upstream.pool.execute(
        "UPDATE es.events SET topic = replace(topic, '.v1', '.v9') WHERE event_id = $1", third.meta.event_id
    )
    relay, replay = relay_of(upstream, bus), replay_of(upstream, bus)

    async def halted() -> bool:
        return relay.halted is not None

    async with running(relay.run()):
        await until(halted)

    named = f"stream {third.meta.stream_id} version {third.meta.version}: topic"
    assert (relay.halted or "").startswith(named)
    assert await published(bus, upstream.origin) == 2
    assert [each.position for each in (await replay.page(ReplayRequest(after=0, count_max=10))).messages] == [1, 2]
    with pytest.raises(UnknownTopic, match=named):
        await replay.page(ReplayRequest(after=2, count_max=10))


async def test_the_stream_takes_in_no_replay_request(bus: Bus, upstream: OneService) -> None:
    await OriginStream(bus, upstream.origin).create()
    await bus.client.publish(replay_subject(upstream.origin), b"{}")
    await bus.client.flush()

    assert await published(bus, upstream.origin) == 0


async def test_the_stream_keeps_its_messages_for_a_time_and_lets_nobody_purge_them(bus: Bus) -> None:
    origin = fresh_origin()
    await OriginStream(bus, origin).create()

    config: StreamConfig = (await bus.client.jsm().stream_info(stream_name(origin))).config
    assert not config.deny_delete
    assert config.deny_purge
    assert config.max_age == 14 * 24 * 3600
    assert config.storage == "file"
