"""The case log, followed once per process and handed to whoever subscribed: scan first, then live, nothing between."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from services.case.graphql.hub import Hub
from services.case.graphql.moments import Moments
from services.case.graphql.pages import bad_input
from services.case.queries.changes import ANYBODY, Topic, Whose, changes, last_position
from services.case.queries.database import Database
from services.case.queries.rows import ChangeRow

QUEUE_MAX = 256
PAGE_MAX = 256
IDLE_LOOK_MS = 1000
"""Another process may sequence the log: look for growth at least this often."""
RETRY_MS = 500
AHEAD_WAIT_MS_MAX = 1000
"""A cursor may come from a process that reads from a server which is ahead of ours."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing happened for a while. Everything up to `position` has been told."""

    position: int


@dataclass(frozen=True, slots=True)
class TooSlow:
    """More happened than the subscriber took: everything up to `position` has been told, the rest has not."""

    position: int


Told: TypeAlias = ChangeRow | Silence | TooSlow


class _Subscriber:
    """`facts`: not told yet. `lagged`: there were more than it may leave lying."""

    __slots__ = ("_waiter", "facts", "lagged")

    def __init__(self) -> None:
        self.facts: deque[ChangeRow] = deque()
        self.lagged = False
        self._waiter: asyncio.Future[None] | None = None

    def put(self, change: ChangeRow) -> None:
        if len(self.facts) >= QUEUE_MAX:
            self.lagged = True
        else:
            self.facts.append(change)
        if self._waiter is not None:
            _wake(self._waiter)

    async def something(self, *, within_s: float) -> bool:
        """Whether anything came. One future and one timer: `asyncio.timeout` and an event for each fact cost more."""
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        timer = loop.call_later(within_s, _wake, self._waiter)
        try:
            await self._waiter
        finally:
            timer.cancel()
            self._waiter = None
        return bool(self.facts) or self.lagged


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


class Follower:
    """Reads each fact of the log once and hands it to the subscribers of its topics."""

    def __init__(self, database: Database, hub: Hub) -> None:
        self._database = database
        self._hub = hub
        self._subscribers: dict[Topic, set[_Subscriber]] = {}
        self._position = 0
        self._task: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self.moments = Moments(database)

    async def _start(self) -> None:
        """Follow, from the end of the log, as long as anybody is subscribed."""
        async with self._starting:
            if self._task is None or self._task.done():
                self._position = await last_position(self._database)
                self._task = asyncio.create_task(self._follow(), name="case-log-follower")

    async def subscribe(self, topic: Topic, after: int | None, *, heartbeat_s: float) -> AsyncGenerator[Told, None]:
        """What happens on a topic after a position (None: from now on), in order, each fact once.

        Begins with a `Silence` when nothing is left to catch up with; ends after a `TooSlow`.

        Raises:
            QueryRefusedError: BAD_USER_INPUT, no log of ours has come to `after`.
        """
        subscriber = _Subscriber()
        for part in topic.parts():
            self._subscribers.setdefault(part, set()).add(subscriber)
        try:
            await self._start()
            upto = self._position  # facts above it go to the queue, those up to it are read here
            if after is not None:
                await self._come_to(after)
                async for change in self._past(topic, after, upto):
                    yield change
            told = max(after or 0, upto)
            yield Silence(told)
            async for item in self._live(subscriber, told, heartbeat_s):
                yield item
        finally:
            self._drop(topic, subscriber)

    async def _come_to(self, after: int) -> None:
        """Let pass a place that there is: of another log, or of one restored since, nothing would ever be told.

        Raises:
            QueryRefusedError: BAD_USER_INPUT.
        """

        async def look() -> int | None:
            last = self._position if after <= self._position else await last_position(self._database)
            return last if last >= after else None

        if await self._hub.until(look, timeout_ms=AHEAD_WAIT_MS_MAX) is None:
            raise bad_input("the log has not come as far as this cursor: read anew, and follow without `after`")

    async def _past(self, topic: Topic, after: int, upto: int) -> AsyncGenerator[ChangeRow, None]:
        while after < upto:
            page = await changes(self._database, topic, after=after, upto=upto, limit=PAGE_MAX)
            for change in page:
                yield change
            if len(page) < PAGE_MAX:
                return
            after = page[-1].position

    async def _live(self, subscriber: _Subscriber, told: int, heartbeat_s: float) -> AsyncGenerator[Told, None]:
        while True:
            while subscriber.facts:
                change = subscriber.facts.popleft()
                if change.position > told:  # a cursor may come from a process that is ahead of this one
                    told = change.position
                    yield change
            if subscriber.lagged:
                yield TooSlow(told)
                return
            if not await subscriber.something(within_s=heartbeat_s):
                # What is not here by now was not of this topic.
                told = max(told, self._position)
                yield Silence(told)

    def _drop(self, topic: Topic, subscriber: _Subscriber) -> None:
        for part in topic.parts():
            listening = self._subscribers.get(part, set())
            listening.discard(subscriber)
            if not listening:
                self._subscribers.pop(part, None)
        if not self._subscribers and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _follow(self) -> None:
        while True:
            try:
                page = await changes(self._database, ANYBODY, after=self._position, limit=PAGE_MAX)
            except Exception:  # noqa: BLE001  (whatever fails, the log is still there: try again)
                await asyncio.sleep(RETRY_MS / 1000)
                continue
            for change in page:
                self._hand_out(change)
                self._position = change.position
            if len(page) < PAGE_MAX and self._hub.position <= self._position:
                await self._hub.wait(IDLE_LOOK_MS)

    def _hand_out(self, change: ChangeRow) -> None:
        for topic in topics_of(change):
            for subscriber in self._subscribers.get(topic, ()):
                subscriber.put(change)


def topics_of(change: ChangeRow) -> list[Topic]:
    """Whom a fact concerns."""
    topics = []
    if change.case_id is not None:
        topics.append(Topic(Whose.CASE, change.case_id))
    if change.customer_id is not None:
        topics.append(Topic(Whose.CUSTOMER, change.customer_id))
    agents: set[UUID] = {agent for agent in (change.agent_before, change.agent_after) if agent is not None}
    topics += [Topic(Whose.AGENT, agent) for agent in agents]
    topics += [Topic(Whose.VIEWER, audience) for audience in change.audiences]
    return topics
