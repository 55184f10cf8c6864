"""The one order over all facts of a service, as the sequencer gave it: read in pages, for relays and followers."""

from __future__ import annotations

import asyncio
from collections import deque
from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING

import msgspec

from contracts.stored import FactMeta
from infra.event_store.log_block import LogBlock
from infra.event_store.mapper import form_of_topic
from infra.event_store.stored_form import sealed_part
from infra.sql import name_statement, statements

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from datetime import datetime
    from uuid import UUID

    import asyncpg

    from contracts.envelope import SealedPart
    from infra.event_store.mapper import AnyFact
    from infra.postgres import Pool

LIMIT_MAX = 1_000
PAGES_AHEAD = 2
"""How many pages are asked for while one is looked at: the server makes them side by side."""
_SQL = statements("infra.event_store")
_BLOCK = _SQL["log_block"].format(columns=_SQL["block_columns"])
name_statement(_BLOCK, "log_block")


class Logged(msgspec.Struct, gc=False):
    """A fact at its position, as it is stored: what is asked of it is decoded then."""

    block: LogBlock
    at: int
    position: int
    known: tuple[FactMeta, str | None] | None = None

    @property
    def topic(self) -> str:
        """What kind of fact it is, and in which version."""
        return self.block.topics[self.at]

    @property
    def recorded_at(self) -> datetime:
        """When its writer recorded it."""
        return self.block.times[self.at]

    @property
    def fact(self) -> AnyFact:
        """The fact. Its sealed fields are None: `sealed` is their envelope, to be passed on as it is.

        Raises:
            UnknownTopic: it is of a topic that has no class here.
        """
        block, at = self.block, self.at
        stream_id, version = block.streams[at], block.versions[at]
        form = form_of_topic(block.topics[at], stream_id=stream_id, version=version)
        return form.fact(stream_id=stream_id, version=version, at=block.times[at], clear=block.clear[at], sealed=None)

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
        return sealed_part(self.block.seals[self.at], self.block.sealed[self.at])

    def _meta(self) -> tuple[FactMeta, str | None]:
        if self.known is None:
            self.known = self.block.meta_at(self.at)
        return self.known


class Log:
    """Reads a service's log. Positions are contiguous from 1."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._size: int | None = None

    async def read(self, after: int, limit: int) -> list[Logged]:
        """The facts at the next `limit` positions after `after` (LIMIT_MAX at most), in order; empty at the end."""
        page: list[Logged] = []
        for block in await self.blocks(after, limit):
            places, positions = block.in_order()
            page.extend(map(Logged, repeat(block), places, positions))
        return page

    async def blocks(self, after: int, limit: int) -> list[LogBlock]:
        """The same by the blocks in which they are read, and so far in order."""
        if self._size is None:
            self._size = await self.last_position()
        self._size = max(self._size, after)
        blocks = []
        for row in await self._pool.fetch(_blocks(self._size.bit_length()), after, min(limit, LIMIT_MAX)):
            whole = row["found"] == row["count"]
            blocks.append(LogBlock(row if whole else await self._scattered(row["first"], row["last"])))
        return sorted(blocks, key=LogBlock.first)

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
                if len(page) < limit:
                    return
                page = await (coming.popleft() if coming else self.read(after, limit))
        finally:
            await _given_up(coming)

    async def _scattered(self, first: int, last: int) -> asyncpg.Record:
        """A block of which some facts were stored long before, or after, those around them."""
        found = await self._pool.fetchrow(_BLOCK, first, last)
        assert found is not None  # noqa: S101  (an aggregate always answers)
        return found

    async def last_position(self) -> int:
        """The last position given so far; 0 where there is none."""
        position: int = await self._pool.fetchval(_SQL["log_last_position"])
        return position

    async def position_of(self, stream_id: UUID, version: int) -> int | None:
        """The position of a fact; None while it has none."""
        position: int | None = await self._pool.fetchval(_SQL["log_position_of"], stream_id, version)
        return position


@cache
def _blocks(size: int) -> str:
    """The statement for a log of so many bits' positions: of its own, for its plan would not do when there are more."""
    sql = f"{_SQL['log_blocks'].format(columns=_SQL['block_columns'])} -- {size}"
    name_statement(sql, "log_blocks")
    return sql


async def _given_up(coming: deque[asyncio.Task[list[Logged]]]) -> None:
    for task in coming:
        task.cancel()
    await asyncio.gather(*coming, return_exceptions=True)
    coming.clear()
