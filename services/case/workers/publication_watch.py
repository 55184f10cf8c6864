"""Lets what we say to everybody leave at the time that was set for it.

Any number of these may run: what has left is left alone.
"""

from __future__ import annotations

from contracts.stored import Record
from infra.logs import log
from infra.postgres import Pool
from infra.rounds import go_round
from infra.sql import statements
from services.case.commands.own_initiative import own_context
from services.case.commands.release_publication import ReleasePublication, release_publication
from services.case.ports import Clock, Ids

ROUND_EVERY_SECONDS = 1.0
OF_ROUND_MAX = 50

_SQL = statements("services.case.workers")
logger = log("publications")


class PublicationWatch:
    """The loop."""

    def __init__(self, *, pool: Pool, record: Record, clock: Clock, ids: Ids) -> None:
        self._pool = pool
        self._record = record
        self._clock = clock
        self._ids = ids

    async def run(self) -> None:
        """Look for ever. While the database is away, it comes again."""
        await go_round(self.round, every_seconds=ROUND_EVERY_SECONDS, logger=logger)

    async def round(self) -> None:
        """Let leave what is due."""
        for row in await self._pool.fetch(_SQL["publications_due"], self._clock.now(), OF_ROUND_MAX):
            context = own_context(self._clock, self._ids)
            await release_publication(ReleasePublication(row["publication_id"]), context, record=self._record)
