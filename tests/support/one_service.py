"""A service small enough for tests of the machinery: notes, some of them published."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid5

import msgspec

from contracts.stored import CommandContext, FactMeta, FirstFact, Stream, Work
from contracts.vocabulary import NAMESPACE, system_actor
from infra.event_store import AnyFact, Log, Logged, PostgresRecord
from infra.migrate import migrate
from infra.outgoing import Publish
from infra.postgres import Pool, open_pool
from infra.sequencer import Sequencer
from infra.supervisor import end_tasks

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
_numbers = count(1)


def fresh_origin() -> str:
    """A service's name that no other test uses, since streams are named after it."""
    return f"origin{next(_numbers)}"


@asynccontextmanager
async def running(*works: Coroutine[Any, Any, None]) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Background work for the length of a block. What it raised by itself fails the test."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield tasks
    finally:
        await end_tasks(tasks, seconds_max=10)
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ends), ends


async def until(holds: Callable[[], Awaitable[bool]], *, seconds_max: float = 30) -> None:
    """Wait for a condition to come true."""
    async with asyncio.timeout(seconds_max):
        while not await holds():  # noqa: ASYNC110  (what is waited for lies in a server, which sets no event)
            await asyncio.sleep(0.02)


class Written(FirstFact):
    """Somebody wrote a note; only those said aloud are published."""

    TOPIC = "test-note.written.v1"
    text: str
    aloud: bool


class Note(Stream):
    TOPIC = "test-note"

    class Created(Stream.Created):
        TOPIC = "test-note.created.never"

    def __init__(self, text: str, *, aloud: bool) -> None:
        self.text = text
        self.aloud = aloud

    @classmethod
    def write(cls, note_id: UUID, text: str, *, aloud: bool) -> Note:
        return cls._create(Written, id=note_id, timestamp=AT, text=text, aloud=aloud)


class NoteWritten(msgspec.Struct, frozen=True):
    """The public form of a note."""

    text: str


def written(facts: Iterable[Logged]) -> list[Written]:
    """The notes among logged facts."""
    return [logged.fact for logged in facts if isinstance(logged.fact, Written)]


def note_subject(origin: str) -> str:
    return f"{origin}.note.written.v1"


def publisher(origin: str) -> Publish:
    """The bridge from a note to its public form."""

    def publish(fact: AnyFact, meta: FactMeta) -> tuple[str, msgspec.Struct] | None:
        if isinstance(fact, Written) and fact.aloud:
            return note_subject(origin), NoteWritten(text=fact.text)
        return None

    return publish


def context_of(name: str) -> CommandContext:
    command_id = uuid5(NAMESPACE, name)
    return CommandContext(command_id=command_id, actor=system_actor("test"), at=AT, correlation_id=command_id)


async def write_note(record: PostgresRecord, name: str, *, aloud: bool = True) -> UUID:
    """Store one note under an id that follows from its name."""
    note_id = uuid5(NAMESPACE, f"note {name}")

    async def decide() -> Work:
        return Work(streams=(Note.write(note_id, name, aloud=aloud),))

    await record.transact(context_of(name), decide)
    return note_id


class OneService:
    """Its database, record and log. Facts get their positions by `sequence()`."""

    def __init__(self, pool: Pool, origin: str) -> None:
        self.pool = pool
        self.origin = origin
        self.log = Log(pool)
        self.record = PostgresRecord(pool, None, (), {}, lambda: None)
        self.grown = asyncio.Event()
        self._sequencer = Sequencer(pool, asyncio.Event(), lambda _position: self.grown.set())

    async def write(self, names: Iterable[str], *, aloud: bool = True) -> None:
        for name in names:
            await write_note(self.record, f"{self.origin} {name}", aloud=aloud)
        await self._sequencer.catch_up()


@asynccontextmanager
async def one_service(database: str, origin: str) -> AsyncIterator[OneService]:
    pool = await open_pool(database, application_name=origin, size_max=8)
    try:
        await migrate(pool)
        yield OneService(pool, origin)
    finally:
        await pool.close()
