"""The log as rows for read tables: facts in their order, opened as far as keys still do, through the projections."""

from __future__ import annotations

import gc
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass

from contracts.stored import Row
from infra.event_store import Log, Logged, Projection
from infra.event_store.concern import Concern
from infra.event_store.log import LIMIT_MAX
from infra.event_store.opening import opened_facts
from infra.postgres import Pool
from infra.rebuild_hands import others_turn
from infra.rebuild_writing import PackedRows, RowWriter
from infra.sealing import KeyRing

PAGE_FACTS_MAX = 4_000
TURN_FACTS_MAX = 64


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

    async def after(self, position: int, writer: RowWriter) -> AsyncGenerator[RowPage]:
        """Pages up to the log's end, ready to be written; the next ones' facts are fetched while this one is used."""
        async with aclosing(self._log.pages(position)) as pages:
            facts, rows = 0, list[Row]()
            async for page in pages:
                rows += await self._rows(page)
                facts += len(page)
                if facts >= PAGE_FACTS_MAX or len(page) < LIMIT_MAX:
                    yield RowPage(page[-1].position, await self._log.last_position(), await writer.pack(rows))
                    facts, rows = 0, []
            if facts:
                yield RowPage(page[-1].position, page[-1].position, await writer.pack(rows))

    async def _rows(self, page: Sequence[Logged]) -> list[Row]:
        rows: list[Row] = []
        for at in range(0, len(page), TURN_FACTS_MAX):
            some = page[at : at + TURN_FACTS_MAX]
            for logged, fact in zip(some, await opened_facts(some, self._keys), strict=True):
                meta = logged.meta
                for each in self._concern.of(type(fact)):
                    rows.extend(each(fact, meta))
            await others_turn()
        return rows


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
