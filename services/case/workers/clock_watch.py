"""Watches the clocks of cases: says of each that it is about to run out, and that it has, once.

It needs no memory: what a crash left unsaid is unsaid still. Each step is a command that looks again, so that several
of these may run side by side.
"""

from __future__ import annotations

from contracts.stored import Record
from contracts.targets import ServiceLevels
from contracts.vocabulary import ClockKind
from infra import metrics
from infra.logs import log
from infra.postgres import Pool
from infra.rounds import go_round
from infra.sql import statements
from services.case.commands.notice_clock import NOTHING_AGREED, NoticeClock, notice_clock
from services.case.commands.own_initiative import own_context
from services.case.ports import Clock, Ids

ROUND_EVERY_SECONDS = 1.0
CLOCKS_OF_ROUND_MAX = 200

_SQL = statements("services.case.workers")
logger = log("clock-watch")


class ClockWatch:
    """The loop."""

    def __init__(
        self, *, pool: Pool, record: Record, clock: Clock, ids: Ids, levels: ServiceLevels = NOTHING_AGREED
    ) -> None:
        self._pool = pool
        self._record = record
        self._clock = clock
        self._ids = ids
        self._levels = levels

    async def run(self) -> None:
        """Go round for ever. While the database is away, it comes again."""
        await go_round(self.round, every_seconds=ROUND_EVERY_SECONDS, logger=logger)

    async def round(self) -> None:
        """Say what there is to say by now."""
        for row in await self._pool.fetch(_SQL["clocks_to_notice"], self._clock.now(), CLOCKS_OF_ROUND_MAX):
            command = NoticeClock(row["case_id"], ClockKind(row["kind"]), row["clock_of"])
            how = own_context(self._clock, self._ids)
            noticed = await notice_clock(command, how, record=self._record, levels=self._levels)
            if noticed.outcome["noticed"] is not None:
                metrics.clocks_noticed.labels(kind=command.kind, result=noticed.outcome["noticed"]).inc()
