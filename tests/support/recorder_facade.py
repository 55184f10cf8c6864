"""The library's synchronous recorder upon our event store's tables, so that its own test cases can be run on them.

A loop in a thread of its own does the work. A stored event's state lies in `clear`; a notification's id is a position;
tracking is a checkpoint. Versions may begin with 0 here, as some of the cases have it, so `es.append` is not used.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from threading import Thread
from typing import Any, TypeVar
from uuid import UUID, uuid5

import asyncpg
from eventsourcing.persistence import (
    IntegrityError,
    ListenNotifySubscription,
    Notification,
    ProcessRecorder,
    StoredEvent,
    Tracking,
)

from infra.event_store import StoredFact
from infra.migrate import migrate
from infra.postgres import Connection, Pool, open_pool
from infra.sequencer import Sequencer
from infra.sql import statements
from tests.support.one_service import AT

T = TypeVar("T")
EVENTS = """SELECT e.stream_id, e.version, e.topic, e.clear FROM es.events e
  WHERE e.stream_id = $1 AND ($2::bigint IS NULL OR e.version > $2) AND ($3::bigint IS NULL OR e.version <= $3)
  ORDER BY e.version"""
NOTIFICATIONS = """SELECT l.position, e.stream_id, e.version, e.topic, e.clear
  FROM es.log l JOIN es.events e USING (stream_id, version)
  WHERE l.position >= $1 AND ($2::bigint IS NULL OR l.position <= $2) AND ($3::text[] = '{}' OR e.topic = ANY ($3))
  ORDER BY l.position LIMIT $4"""
INSERT = """INSERT INTO es.events (stream_id, version, event_id, topic, clear, seals, meta, recorded_at, hash)
  SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::bytea[], $6::bytea[], $7::bytea[],
    $8::timestamptz[], $9::bytea[])"""
POSITIONS = """SELECT l.position FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS u(stream_id, version, o)
  JOIN es.log l USING (stream_id, version) ORDER BY u.o"""


class Poked(ListenNotifySubscription["RecorderFacade"]):
    """A subscription that the recorder pokes after each insert."""

    def __init__(self, recorder: RecorderFacade, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        recorder.subscriptions.append(self)

    def poke(self) -> None:
        """There is something new."""
        self._has_been_notified.set()


class RecorderFacade(ProcessRecorder):
    """One database. `close()` ends it."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.subscriptions: list[Poked] = []
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._sql = statements("infra.event_store")
        self._pool: Pool = self._await(self._open(url))
        self._sequencer = Sequencer(self._pool, asyncio.Event(), lambda _position: None)

    def close(self) -> None:
        """Let go of the database and end the thread."""
        self._await(self._pool.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, tracking: Tracking | None = None, **_kwargs: Any
    ) -> Sequence[int] | None:
        """All of them or none, with the tracking; their positions."""
        try:
            positions = self._await(self._insert(stored_events, tracking))
        except asyncpg.UniqueViolationError as error:
            raise IntegrityError(str(error)) from error
        for subscription in self.subscriptions:
            subscription.poke()
        return positions or None

    def insert_tracking(self, tracking: Tracking) -> None:
        """Move the checkpoint."""
        self.insert_events([], tracking=tracking)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """A stream, or a part of it."""
        sql = EVENTS + (" DESC" if desc else "") + ("" if limit is None else f" LIMIT {limit}")
        rows = self._await(self._pool.fetch(sql, originator_id, gt, lte))
        return [StoredEvent(row["stream_id"], row["version"], row["topic"], row["clear"]) for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """A part of the log."""
        first = (start or 0) + (0 if inclusive_of_start else 1)
        rows = self._await(self._pool.fetch(NOTIFICATIONS, first, stop, list(topics), limit))
        return [
            Notification(row["stream_id"], row["version"], row["topic"], row["clear"], id=row["position"])
            for row in rows
        ]

    def max_notification_id(self) -> int | None:
        """The log's last position."""
        last: int = self._await(self._pool.fetchval(self._sql["log_last_position"]))
        return last or None

    def max_tracking_id(self, application_name: str) -> int | None:
        """Where that checkpoint stands."""
        sql = "SELECT position FROM es.checkpoints WHERE name = $1 AND part = 0"
        found: int | None = self._await(self._pool.fetchval(sql, application_name))
        return found

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Poked:
        """The log from there on, for ever."""
        return Poked(self, gt, topics)

    async def _open(self, url: str) -> Pool:
        pool = await open_pool(url, application_name="facade")
        await migrate(pool)
        return pool

    async def _insert(self, events: Sequence[StoredEvent], tracking: Tracking | None) -> list[int]:
        async with self._pool.acquire() as connection, connection.transaction():
            if tracking is not None:
                await self._track(connection, tracking)
            if events:
                await connection.execute(INSERT, *zip(*await self._facts(connection, events), strict=True))
        await self._sequencer.catch_up()
        streams = [event.originator_id for event in events]
        rows = await self._pool.fetch(POSITIONS, streams, [event.originator_version for event in events])
        return [row["position"] for row in rows]

    async def _track(self, connection: Connection, tracking: Tracking) -> None:
        args = (tracking.application_name, tracking.notification_id)
        if await connection.fetchval(self._sql["advance_checkpoint"], *args) is None:
            raise IntegrityError(f"{tracking} was recorded before")

    async def _facts(self, connection: Connection, events: Sequence[StoredEvent]) -> list[tuple[Any, ...]]:
        """The columns of each, hashed upon what its stream holds."""
        heads: dict[Any, bytes | None] = {}
        columns = []
        for event in events:
            stream_id, version = event.originator_id, event.originator_version
            assert isinstance(stream_id, UUID)
            if stream_id not in heads:
                heads[stream_id] = await connection.fetchval(self._sql["hash_at"], stream_id, version - 1)
            event_id = uuid5(stream_id, str(version))
            fact = StoredFact(
                stream_id, version, event_id, event.topic, AT, event.state, b"[]", None, b"{}", b"", heads[stream_id]
            ).with_hash()
            heads[stream_id] = fact.hash
            columns.append((stream_id, version, event_id, event.topic, event.state, b"[]", b"{}", AT, fact.hash))
        return columns

    def _await(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class StreamsFacade(RecorderFacade):
    """One that knows nothing of the order over all streams: it gives no positions."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        """All of them or none."""
        super().insert_events(stored_events, **kwargs)
