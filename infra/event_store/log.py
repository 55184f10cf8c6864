"""The one order over all facts of a service, as the sequencer gave it: read in pages, for relays and followers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.event_store.opening import fact_of
from infra.event_store.stored_form import meta_of, sealed_part
from infra.sql import statements

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

    from contracts.envelope import SealedPart
    from contracts.stored import FactMeta
    from infra.event_store.mapper import AnyFact
    from infra.postgres import Pool

LIMIT_MAX = 1_000
_SQL = statements("infra.event_store")


@dataclass(frozen=True, slots=True)
class Logged:
    """A fact at its position. Its sealed fields are None: `sealed` is its envelope, unopened, to be passed on as it is.

    `sealed` None: there was no envelope, or it is withheld.
    """

    position: int
    fact: AnyFact
    meta: FactMeta
    sealed: SealedPart | None
    traceparent: str | None


class Log:
    """Reads a service's log. Positions are contiguous from 1."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def read(self, after: int, limit: int) -> list[Logged]:
        """Facts at positions after `after`, in order, at most `limit` (and LIMIT_MAX); empty at the end.

        Raises:
            UnknownTopic: a fact is of a topic that has no class here.
        """
        rows = await self._pool.fetch(_SQL["log_page"], after, min(limit, LIMIT_MAX))
        return [_logged(row) for row in rows]

    async def last_position(self) -> int:
        """The last position given so far; 0 where there is none."""
        position: int = await self._pool.fetchval(_SQL["log_last_position"])
        return position

    async def position_of(self, stream_id: UUID, version: int) -> int | None:
        """The position of a fact; None while it has none."""
        position: int | None = await self._pool.fetchval(_SQL["log_position_of"], stream_id, version)
        return position


def _logged(row: asyncpg.Record) -> Logged:
    meta, traceparent = meta_of(row)
    return Logged(row["position"], fact_of(row), meta, sealed_part(row["seals"], row["sealed"]), traceparent)
