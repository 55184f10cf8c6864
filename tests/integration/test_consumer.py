"""Taking in another service's log: every position once and in order, whoever is killed, whatever is poisoned."""

from __future__ import annotations

import asyncio
from functools import partial

import asyncpg
import msgspec
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from contracts.envelope import Message
from contracts.stored import AlreadyDone, CommandContext
from infra import telemetry
from infra.bus import Bus
from infra.logs import configure_logs
from tests.support.one_service import (
    OneService,
    note_subject,
    running,
)
from tests.support.two_services import Downstream, consumer_of, relay_of, until_published


async def test_each_message_takes_effect_once_and_in_order(
    bus: Bus, upstream: OneService, downstream: Downstream
) -> None:
    handled: asyncio.Queue[tuple[str, int]] = asyncio.Queue()
    consumer = consumer_of(downstream, bus, upstream.origin, on_handled=lambda *what: handled.put_nowait(what))
    async with running(consumer.run(), relay_of(upstream, bus).run()):
        await upstream.write(str(number) for number in range(100))
        await downstream.until_at(upstream.origin, 100)
        async with asyncio.timeout(30):  # it is told a moment after the commit that the wait above sees
            while await handled.get() != (upstream.origin, 100):
                pass

    assert await downstream.effects() == list(range(1, 101))


async def test_a_consumer_killed_at_any_moment_neither_repeats_nor_skips(
    bus: Bus, upstream: OneService, downstream: Downstream
) -> None:
    async with running(relay_of(upstream, bus).run()):
        await upstream.write(str(number) for number in range(150))
        for lifetime in range(15):
            async with running(consumer_of(downstream, bus, upstream.origin).run()):
                await asyncio.sleep(lifetime * 0.007)
        async with running(consumer_of(downstream, bus, upstream.origin).run()):
            await downstream.until_at(upstream.origin, 150)

    assert await downstream.effects() == list(range(1, 151))


async def test_a_consumer_that_dies_between_commit_and_next_message_goes_on_after_the_commit(
    bus: Bus, upstream: OneService, downstream: Downstream
) -> None:
    await upstream.write(str(number) for number in range(10))

    async def commit_then_die(message: Message, context: CommandContext) -> None:
        await downstream.note_effect_on_note_written(message, context)
        committed.set()
        await asyncio.Event().wait()

    async with running(relay_of(upstream, bus).run()):
        for position in range(1, 6):
            committed = asyncio.Event()
            async with running(consumer_of(downstream, bus, upstream.origin, commit_then_die).run()):
                await committed.wait()
            assert await downstream.checkpoint(upstream.origin) == position
        async with running(consumer_of(downstream, bus, upstream.origin).run()):
            await downstream.until_at(upstream.origin, 10)

    assert await downstream.effects() == list(range(1, 11))


async def test_two_consumers_of_one_service_share_one_effect_per_message(
    bus: Bus, upstream: OneService, downstream: Downstream
) -> None:
    consumers = [consumer_of(downstream, bus, upstream.origin).run() for _ in range(2)]
    async with running(relay_of(upstream, bus).run(), *consumers):
        for number in range(60):
            await upstream.write([str(number)])
        await downstream.until_at(upstream.origin, 60)

    assert await downstream.effects() == list(range(1, 61))


async def test_messages_that_concern_nobody_move_the_checkpoint_in_batches(
    bus: Bus, upstream: OneService, downstream: Downstream
) -> None:
    await upstream.write((str(number) for number in range(400)), aloud=False)
    await upstream.write(["at last"])
    async with running(relay_of(upstream, bus).run()):
        await until_published(upstream, bus, 401)
    await downstream.pool.execute("CREATE TABLE moves (at xid8)")
    await downstream.pool.execute(
        """CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS
           $$BEGIN INSERT INTO moves VALUES (pg_current_xact_id()); RETURN NEW; END$$"""
    )
    await downstream.pool.execute(
        "CREATE TRIGGER move AFTER INSERT OR UPDATE ON es.checkpoints FOR EACH ROW EXECUTE FUNCTION note_move()"
    )
    async with running(consumer_of(downstream, bus, upstream.origin).run()):
        await downstream.until_at(upstream.origin, 401)

    assert await downstream.effects() == [401]
    assert await downstream.pool.fetchval("SELECT count(*) FROM moves") < 40


async def test_a_poisoned_message_is_put_aside_and_the_others_flow_on(
    bus: Bus, upstream: OneService, downstream: Downstream, capsys: pytest.CaptureFixture[str], plain_logs: None
) -> None:
    attempts: list[int] = []

    async def note_or_choke(message: Message, context: CommandContext) -> None:
        if message.position == 2:
            attempts.append(message.position)
            raise ValueError("Anna de Vries, +31612345678")
        await downstream.note_effect_on_note_written(message, context)

    await upstream.write(["one", "two", "three"])
    configure_logs("test")
    consumer = consumer_of(downstream, bus, upstream.origin, note_or_choke)
    async with running(relay_of(upstream, bus).run(), consumer.run()):
        await downstream.until_at(upstream.origin, 3)

    assert await downstream.effects() == [1, 3]
    assert len(attempts) == 5
    letter = await downstream.pool.fetchrow("SELECT * FROM es.dead_letters")
    assert letter is not None
    assert (letter["origin"], letter["position"], letter["handler"]) == (upstream.origin, 2, "note_or_choke")
    assert letter["error_class"] == "ValueError"
    assert msgspec.json.decode(letter["message"], type=Message).position == 2
    lines = capsys.readouterr().err
    assert "ValueError" in lines
    assert "Anna" not in lines
    assert "612345678" not in lines


async def test_an_error_that_passes_is_waited_out_however_often_it_comes(
    bus: Bus, upstream: OneService, downstream: Downstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.effect.DELAY_MS_MAX", 2)
    failures = iter(
        [
            asyncpg.ConnectionDoesNotExistError(),
            asyncpg.SerializationError(),
            TimeoutError(),
            ConnectionResetError(),
            asyncpg.DiskFullError(),
            asyncpg.TooManyConnectionsError(),
            asyncpg.DeadlockDetectedError(),
            asyncpg.CannotConnectNowError(),
        ]
    )

    async def stumble(message: Message, context: CommandContext) -> None:
        for failure in failures:
            raise failure
        await downstream.note_effect_on_note_written(message, context)

    await upstream.write(["one"])
    async with running(relay_of(upstream, bus).run(), consumer_of(downstream, bus, upstream.origin, stumble).run()):
        await downstream.until_at(upstream.origin, 1)

    assert await downstream.effects() == [1]
    assert await downstream.pool.fetchval("SELECT count(*) FROM es.dead_letters") == 0


async def test_one_trace_runs_through_the_message(bus: Bus, upstream: OneService, downstream: Downstream) -> None:
    spans = InMemorySpanExporter()
    telemetry.configure("test", exporter=spans)
    with telemetry.span("command"):
        await upstream.write(["one"])
    reaction = partial(downstream.note_effect_on_note_written)
    async with running(relay_of(upstream, bus).run(), consumer_of(downstream, bus, upstream.origin, reaction).run()):
        await downstream.until_at(upstream.origin, 1)
    telemetry.shutdown()

    by_name = {span.name: span for span in spans.get_finished_spans()}
    command, reaction_span = by_name["command"], by_name["reaction"]
    assert reaction_span.context.trace_id == command.context.trace_id
    assert reaction_span.attributes is not None
    assert reaction_span.attributes["eender.handler"] == "note_effect_on_note_written"
    assert reaction_span.attributes["messaging.destination.name"] == note_subject(upstream.origin)


async def test_a_message_already_done_is_passed_over(bus: Bus, upstream: OneService, downstream: Downstream) -> None:
    async def done_before(message: Message, context: CommandContext) -> None:
        raise AlreadyDone

    await upstream.write(["one"])
    async with running(relay_of(upstream, bus).run(), consumer_of(downstream, bus, upstream.origin, done_before).run()):
        await downstream.until_at(upstream.origin, 1)

    assert await downstream.pool.fetchval("SELECT count(*) FROM es.dead_letters") == 0
