"""Keeps who looked at whom no longer than it is to be kept, once a day, in whole days from the front of the chain."""

from __future__ import annotations

from contracts.stored import Record
from infra.logs import log
from infra.postgres import Pool
from infra.rounds import go_round
from infra.sql import statements
from services.case.commands.forget_access_days import ForgetAccessDays, forget_access_days
from services.case.commands.own_initiative import own_context
from services.case.domain.retention import Retention, RetentionClass, months_before, retention_id_of
from services.case.ports import Clock, Ids

LOOK_EVERY_SECONDS = 60.0
MONTHS_OF_YEAR = 12

_SQL = statements("services.case.workers")
logger = log("access-keeper")


class AccessKeeper:
    """The loop. `years`: how long an entry of the access log is kept."""

    def __init__(self, *, pool: Pool, record: Record, clock: Clock, ids: Ids, years: int) -> None:
        self._pool = pool
        self._record = record
        self._clock = clock
        self._ids = ids
        self._years = years

    async def run(self) -> None:
        """Look now and then, for ever. While the database is away, it comes again."""
        await go_round(self.round, every_seconds=LOOK_EVERY_SECONDS, logger=logger)

    async def round(self) -> None:
        """Take away what is too old, and say so, unless that is done today."""
        now = self._clock.now()
        day = now.date()
        if await self._record.load(Retention, retention_id_of(RetentionClass.ACCESS_LOG, day)) is not None:
            return
        cutoff = months_before(day, self._years * MONTHS_OF_YEAR)
        first_kept = await self._pool.fetchval(_SQL["access_first_kept"], cutoff.date(), now)
        (going,) = await self._pool.fetch(_SQL["access_going"], first_kept, cutoff.date())
        command = ForgetAccessDays(
            day=day,
            cutoff=cutoff,
            first_kept=first_kept,
            expired=going["expired"],
            kept=going["kept"],
            last_hash=bytes(going["hash"] or b""),
        )
        await forget_access_days(command, own_context(self._clock, self._ids), record=self._record)
