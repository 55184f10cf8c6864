"""Keeps what was said in cases no longer than it is to be kept, once a day; whatever ends it, the next look goes on.

The words go with the fact of the case; their copies are looked after as those of any redaction. When none is left of
all cases that were due, the day's evidence counts them, each once.
"""

from __future__ import annotations

from contracts.stored import CommandContext, Record
from contracts.vocabulary import system_actor
from infra.logs import log
from infra.postgres import Pool
from infra.rounds import go_round
from infra.sql import statements
from services.case.commands.expire_case_content import ExpireCaseContent, expire_case_content
from services.case.commands.record_retention import RecordRetention, record_retention
from services.case.domain.retention import Retention, RetentionClass, months_before, retention_id_of
from services.case.ports import Clock, Ids

LOOK_EVERY_SECONDS = 60.0
CASES_AT_ONCE_MAX = 100
CASES_OF_DAY_MAX = 10_000

_SQL = statements("services.case.workers")
logger = log("retainer")


class Retainer:
    """The loop. `case_months`: how long what was said in a case is kept after its resolution."""

    def __init__(self, *, pool: Pool, record: Record, clock: Clock, ids: Ids, case_months: int) -> None:
        self._pool = pool
        self._record = record
        self._clock = clock
        self._ids = ids
        self._case_months = case_months

    async def run(self) -> None:
        """Look now and then, for ever. While the database is away, it comes again."""
        await go_round(self.round, every_seconds=LOOK_EVERY_SECONDS, logger=logger)

    async def round(self) -> None:
        """Do today's work as far as it goes, unless it is done."""
        now = self._clock.now()
        day = now.date()
        if await self._record.load(Retention, retention_id_of(RetentionClass.CASE_CONTENTS, day)) is not None:
            return
        cutoff = months_before(day, self._case_months)
        for _ in range(CASES_OF_DAY_MAX // CASES_AT_ONCE_MAX):
            due = await self._pool.fetch(_SQL["cases_to_expire"], cutoff, now, CASES_AT_ONCE_MAX)
            for row in due:
                await expire_case_content(
                    ExpireCaseContent(row["case_id"], cutoff), self._context(), record=self._record
                )
            if len(due) < CASES_AT_ONCE_MAX:
                break
        if await self._pool.fetchval(_SQL["expiries_open"]):
            return
        gone = await self._pool.fetch(_SQL["expiries_to_report"], CASES_OF_DAY_MAX)
        command = RecordRetention(
            RetentionClass.CASE_CONTENTS,
            day,
            cutoff,
            tuple(row["case_id"] for row in gone),
            kept=await self._pool.fetchval(_SQL["cases_too_old"], cutoff),
        )
        await record_retention(command, self._context(), record=self._record)

    def _context(self) -> CommandContext:
        """Each try is a command of its own: what makes a step happen once is what it finds on record."""
        command_id = self._ids.new()
        return CommandContext(
            command_id=command_id, actor=system_actor("case"), at=self._clock.now(), correlation_id=command_id
        )
