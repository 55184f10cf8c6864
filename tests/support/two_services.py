"""Two small services, one of which takes in what the other says, and ways to damage the transport between them."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from nats.js.api import StreamConfig

from contracts.envelope import Message
from contracts.stored import CommandContext, Row, Work
from contracts.subjects import stream_name
from infra.bus import Bus
from infra.clock import SystemClock
from infra.consumer import Consumer
from infra.effect import Handler
from infra.event_store import PostgresRecord
from infra.postgres import Pool
from infra.relay import Relay
from infra.replay import ReplayResponder
from infra.stream import OriginStream, subjects_of
from tests.support.one_service import (
    NoteWritten,
    OneService,
    note_subject,
    publisher,
    until,
)

STATEMENTS = {"insert_effect": "INSERT INTO effects (position, text) VALUES ($1, $2)"}


class Downstream:
    """A service that notes each message that took effect on it."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.record = PostgresRecord(pool, None, (), STATEMENTS, lambda: None)

    async def note_effect_on_note_written(self, message: Message, context: CommandContext) -> None:
        """The ordinary reaction: one transaction with the effect in it."""
        text = msgspec.json.decode(message.data, type=NoteWritten).text

        async def decide() -> Work:
            return Work(rows=(Row("insert_effect", (message.position, text)),))

        await self.record.transact(context, decide)

    async def effects(self) -> list[int]:
        return [row["position"] for row in await self.pool.fetch("SELECT position FROM effects ORDER BY id")]

    async def checkpoint(self, origin: str) -> int | None:
        position: int | None = await self.pool.fetchval("SELECT position FROM es.checkpoints WHERE name = $1", origin)
        return position

    async def until_at(self, origin: str, position: int) -> None:
        async def reached() -> bool:
            return (await self.checkpoint(origin) or 0) >= position

        await until(reached)


def consumer_of(
    downstream: Downstream,
    bus: Bus,
    origin: str,
    handler: Handler | None = None,
    on_handled: Callable[[str, int], None] = lambda _origin, _position: None,
) -> Consumer:
    return Consumer(
        pool=downstream.pool,
        bus=bus,
        origin=origin,
        service="downstream",
        handlers={note_subject(origin): handler or downstream.note_effect_on_note_written},
        clock=SystemClock(),
        on_handled=on_handled,
    )


def relay_of(upstream: OneService, bus: Bus) -> Relay:
    return Relay(upstream.log, bus, upstream.origin, publisher(upstream.origin), upstream.grown)


def replay_of(upstream: OneService, bus: Bus) -> ReplayResponder:
    return ReplayResponder(upstream.log, bus, upstream.origin, publisher(upstream.origin))


async def until_published(upstream: OneService, bus: Bus, position: int) -> None:
    async def reached() -> bool:
        return (await OriginStream(bus, upstream.origin).last_sequence() or 0) >= position

    await until(reached)


async def permissive_stream(bus: Bus, origin: str, **changes: object) -> None:
    """The origin's stream, made so that a test can damage it."""
    await bus.client.jsm().add_stream(
        StreamConfig(name=stream_name(origin), subjects=subjects_of(origin)).evolve(**changes)
    )
