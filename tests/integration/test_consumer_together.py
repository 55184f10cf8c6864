"""Messages that may take effect side by side: each once, those that need another after it, a bad one put aside."""

from __future__ import annotations

import asyncio

from contracts.envelope import Message
from contracts.stored import CommandContext
from infra.bus import Bus
from infra.clock import SystemClock
from infra.consumer import Consumer, Handler
from infra.effect import Needs
from tests.support.one_service import OneService, note_subject, running
from tests.support.two_services import Downstream, relay_of, until_published


def independent(_message: Message) -> tuple[()]:
    return ()


def consumer_of(
    downstream: Downstream, bus: Bus, origin: str, handler: Handler | None = None, needs: Needs = independent
) -> Consumer:
    return Consumer(
        pool=downstream.pool,
        bus=bus,
        origin=origin,
        service="downstream",
        handlers={note_subject(origin): handler or downstream.note_effect_on_note_written},
        clock=SystemClock(),
        together={note_subject(origin): needs},
    )


async def test_they_take_effect_side_by_side_and_each_once(
    bus: Bus, upstream: OneService, downstream: Downstream
) -> None:
    under_way, most = 0, 0

    async def slowly(message: Message, context: CommandContext) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.05)
        await downstream.note_effect_on_note_written(message, context)
        under_way -= 1

    await upstream.write(map(str, range(40)))
    await upstream.write(["in private"], aloud=False)
    async with running(relay_of(upstream, bus).run()):
        await until_published(upstream, bus, 41)
        async with running(consumer_of(downstream, bus, upstream.origin, slowly).run()):
            await downstream.until_at(upstream.origin, 41)
    assert sorted(await downstream.effects()) == list(range(1, 41))
    assert most > 10


async def test_one_killed_at_any_moment_neither_repeats_nor_skips(
    bus: Bus, upstream: OneService, downstream: Downstream
) -> None:
    async with running(relay_of(upstream, bus).run()):
        await upstream.write(map(str, range(80)))
        for lifetime in range(10):
            async with running(consumer_of(downstream, bus, upstream.origin).run()):
                await asyncio.sleep(lifetime * 0.01)
        async with running(consumer_of(downstream, bus, upstream.origin).run()):
            await downstream.until_at(upstream.origin, 80)
    assert sorted(await downstream.effects()) == list(range(1, 81))


async def test_one_that_never_can_is_put_aside_and_the_others_have_their_effect(
    bus: Bus, upstream: OneService, downstream: Downstream
) -> None:
    async def refuses_some(message: Message, context: CommandContext) -> None:
        if message.position in {3, 7}:
            raise ValueError("no")
        await downstream.note_effect_on_note_written(message, context)

    await upstream.write(map(str, range(10)))
    async with running(relay_of(upstream, bus).run()):
        await until_published(upstream, bus, 10)
        async with running(consumer_of(downstream, bus, upstream.origin, refuses_some).run()):
            await downstream.until_at(upstream.origin, 10)
    assert sorted(await downstream.effects()) == [1, 2, 4, 5, 6, 8, 9, 10]
    dead = await downstream.pool.fetch("SELECT position FROM es.dead_letters ORDER BY position")
    assert [row["position"] for row in dead] == [3, 7]


async def test_one_that_needs_another_begins_when_that_has_taken_effect(
    bus: Bus, upstream: OneService, downstream: Downstream
) -> None:
    streams: list[Message] = []

    def after_the_first(message: Message) -> tuple[object, ...]:
        streams.append(message)
        first = streams[0].stream_id
        return (first,) if message.position == 5 and first is not None else ()

    async def slow_at_first(message: Message, context: CommandContext) -> None:
        await asyncio.sleep(0.3 if message.position == 1 else 0.0)
        await downstream.note_effect_on_note_written(message, context)

    await upstream.write(map(str, range(6)))
    async with running(relay_of(upstream, bus).run()):
        await until_published(upstream, bus, 6)
        consumer = consumer_of(downstream, bus, upstream.origin, slow_at_first, after_the_first)  # type: ignore[arg-type]
        async with running(consumer.run()):
            await downstream.until_at(upstream.origin, 6)
    effects = await downstream.effects()
    assert effects.index(1) < effects.index(5)
    assert effects.index(2) < effects.index(1)
