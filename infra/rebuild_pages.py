"""The log as rows for read tables: facts in their order, opened as far as keys still do, through the projections."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import asyncpg

from contracts.stored import Row
from infra.event_store import Log, Projection
from infra.event_store.opening import opened_facts
from infra.event_store.stored_form import meta_of
from infra.postgres import Pool
from infra.rebuild_concern import Concern
from infra.rebuild_writing import PackedRows, RowWriter
from infra.sealing import KeyRing
from infra.sql import statements

PAGE_FACTS_MAX = 4_000


@dataclass(frozen=True, slots=True)
class RowPage:
    """The rows that follow from some facts. `position`: of the last of them; `last`: the log's last one."""

    position: int
    last: int
    rows: PackedRows


class RowPages:
    """Reads one service's log."""

    def __init__(self, pool: Pool, keys: KeyRing | None, projections: Sequence[Projection]) -> None:
        self._pool = pool
        self._keys = keys
        self._concern = Concern(projections)
        self._log = Log(pool)
        self._sql = statements("infra.event_store")

    async def after(self, position: int, writer: RowWriter) -> AsyncGenerator[RowPage]:
        """Pages up to the log's end, ready to be written; the next one's facts are fetched while this one is used."""
        reading = asyncio.create_task(self._stored(position))
        try:
            while stored := await reading:
                reading = asyncio.create_task(self._stored(stored[-1]["position"]))
                rows = writer.pack(await self._rows(stored))
                yield RowPage(stored[-1]["position"], await self._log.last_position(), rows)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _rows(self, stored: list[asyncpg.Record]) -> list[Row]:
        rows: list[Row] = []
        for row, fact in zip(stored, await opened_facts(stored, self._keys), strict=True):
            meta = meta_of(row)[0]
            for each in self._concern.of(type(fact)):
                rows.extend(each(fact, meta))
        return rows

    async def _stored(self, after: int) -> list[asyncpg.Record]:
        return await self._pool.fetch(self._sql["log_page"], after, PAGE_FACTS_MAX)


@contextmanager
def nothing_collected() -> Iterator[None]:
    """What is made of pages is in use until it is written: to look for garbage among it takes a quarter of the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
