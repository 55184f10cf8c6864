"""The one order over all facts of a service, as the sequencer gave it: read in pages, for relays and followers."""

from __future__ import annotations

import asyncio
from collections import deque
from operator import itemgetter
from typing import TYPE_CHECKING

from asyncpg.pgproto.pgproto import UUID as PgUUID  # noqa: N811  (a UUID made in C)

from infra.event_store.mapper import form_of_topic
from infra.event_store.stored_form import fact_meta, sealed_part
from infra.sql import statements

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from datetime import datetime
    from uuid import UUID

    import asyncpg

    from contracts.envelope import SealedPart
    from contracts.stored import FactMeta
    from infra.event_store.mapper import AnyFact
    from infra.postgres import Pool

LIMIT_MAX = 1_000
PAGES_AHEAD = 2
"""How many pages are asked for while one is looked at: the server makes them side by side."""
_UUID_BYTES = 16
_FIRST = itemgetter("first")
_SQL = statements("infra.event_store")


class Logged:
    """A fact at its position, as it is stored: what is asked of it is decoded then."""

    __slots__ = ("_at", "_known", "_page", "position")

    def __init__(self, page: asyncpg.Record, at: int, position: int) -> None:
        self._page = page
        self._at = at
        self._known: tuple[FactMeta, str | None] | None = None
        self.position = position

    @property
    def topic(self) -> str:
        """What kind of fact it is, and in which version."""
        topic: str = self._page["topics"][self._at]
        return topic

    @property
    def recorded_at(self) -> datetime:
        """When its writer recorded it."""
        at: datetime = self._page["recorded_at"][self._at]
        return at

    @property
    def fact(self) -> AnyFact:
        """The fact. Its sealed fields are None: `sealed` is their envelope, to be passed on as it is.

        Raises:
            UnknownTopic: it is of a topic that has no class here.
        """
        stream_id, version = self._id("streams"), self._page["versions"][self._at]
        form = form_of_topic(self.topic, stream_id=stream_id, version=version)
        return form.fact(
            stream_id=stream_id,
            version=version,
            at=self.recorded_at,
            clear=self._page["clear"][self._at],
            sealed=None,
        )

    @property
    def meta(self) -> FactMeta:
        """What the store knows of it."""
        return self._meta()[0]

    @property
    def traceparent(self) -> str | None:
        """In the course of which trace it was recorded."""
        return self._meta()[1]

    @property
    def sealed(self) -> SealedPart | None:
        """Its envelope, unopened. None: there was none, or it is withheld."""
        return sealed_part(self._page["seals"][self._at], self._page["sealed"][self._at])

    def _meta(self) -> tuple[FactMeta, str | None]:
        if self._known is None:
            self._known = fact_meta(
                self._page["meta"][self._at],
                stream_id=self._id("streams"),
                version=self._page["versions"][self._at],
                event_id=self._id("events"),
                topic=self.topic,
                recorded_at=self.recorded_at,
            )
        return self._known

    def _id(self, column: str) -> UUID:
        start = self._at * _UUID_BYTES
        return PgUUID(self._page[column][start : start + _UUID_BYTES])


class Log:
    """Reads a service's log. Positions are contiguous from 1."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def read(self, after: int, limit: int) -> list[Logged]:
        """The facts at the next `limit` positions after `after` (LIMIT_MAX at most), in order; empty at the end."""
        blocks = await self._pool.fetch(_SQL["log_blocks"], after, min(limit, LIMIT_MAX))
        return [
            Logged(block, at, position)
            for block in sorted(blocks, key=_FIRST)
            for at, position in enumerate(block["positions"])
        ]

    async def pages(self, after: int, limit: int = LIMIT_MAX) -> AsyncGenerator[list[Logged]]:
        """All facts after `after`, up to the end as it was found, in pages; the next ones come while one is used."""
        limit = min(limit, LIMIT_MAX)
        coming: deque[asyncio.Task[list[Logged]]] = deque()
        page = await self.read(after, limit)
        try:
            while page:
                after = page[-1].position
                if len(page) < limit:
                    # The log's end, when this was read: what was asked for behind it may begin after a gap.
                    await _given_up(coming)
                while len(page) == limit and len(coming) < PAGES_AHEAD:
                    coming.append(asyncio.create_task(self.read(after + len(coming) * limit, limit)))
                yield page
                page = await (coming.popleft() if coming else self.read(after, limit))
        finally:
            await _given_up(coming)

    async def last_position(self) -> int:
        """The last position given so far; 0 where there is none."""
        position: int = await self._pool.fetchval(_SQL["log_last_position"])
        return position

    async def position_of(self, stream_id: UUID, version: int) -> int | None:
        """The position of a fact; None while it has none."""
        position: int | None = await self._pool.fetchval(_SQL["log_position_of"], stream_id, version)
        return position


async def _given_up(coming: deque[asyncio.Task[list[Logged]]]) -> None:
    for task in coming:
        task.cancel()
    await asyncio.gather(*coming, return_exceptions=True)
    coming.clear()
