"""Keeps payloads no longer than they are to be kept, once a day; whatever ends it, the next look goes on.

What is too old is emptied first (EXPIRING) and its keys are destroyed; then the table is rewritten, and the evidence
makes it EXPIRED: so each payload is counted once, on the day on which nothing of it was left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from contracts.stored import CommandContext, Record
from contracts.vocabulary import system_actor
from infra.logs import log
from infra.postgres import Pool
from infra.rewriting import TableBusy, rewrite_tables
from infra.rounds import go_round
from infra.sealing import KeyRing
from infra.sql import statements
from services.channels.commands.record_retention import RecordRetention, record_retention
from services.channels.domain.retention import Retention, RetentionClass, raw_cutoff, retention_id_of
from services.channels.ports import Clock, Ids

LOOK_EVERY_SECONDS = 60.0
RAWS_AT_ONCE_MAX = 500
RAWS_OF_DAY_MAX = 100_000

_SQL = statements("services.channels.workers")
logger = log("retainer")


class Retainer:
    """The loop. `raw_days`: how long payloads are kept."""

    def __init__(self, *, pool: Pool, keys: KeyRing, record: Record, clock: Clock, ids: Ids, raw_days: int) -> None:
        self._pool = pool
        self._keys = keys
        self._record = record
        self._clock = clock
        self._ids = ids
        self._raw_days = raw_days

    async def run(self) -> None:
        """Look now and then, for ever. While the database is away, or a table in use, it comes again."""
        await go_round(self.round, every_seconds=LOOK_EVERY_SECONDS, logger=logger, passes=(TableBusy,))

    async def round(self) -> None:
        """Do today's work, unless it is done."""
        day = self._clock.now().date()
        if await self._record.load(Retention, retention_id_of(RetentionClass.RAW_PAYLOADS, day)) is not None:
            return
        cutoff = raw_cutoff(day, self._raw_days)
        while await self._pool.fetch(_SQL["expire_raws"], cutoff, RAWS_AT_ONCE_MAX):
            pass
        gone = [row["raw_id"] for row in await self._pool.fetch(_SQL["raws_expiring"], RAWS_OF_DAY_MAX)]
        for raw_id in gone:
            await self._keys.destroy_subject(raw_id, self._clock.now())
        if gone:
            await self._pool.execute(_SQL["delete_traces"], gone)
            await rewrite_tables(self._pool, ("raws", "traces"))
        await self._sign_off(day, cutoff, gone)

    async def _sign_off(self, day: date, cutoff: datetime, gone: Sequence[UUID]) -> None:
        kept = await self._pool.fetchval(_SQL["raws_kept"], cutoff)
        command = RecordRetention(RetentionClass.RAW_PAYLOADS, day, cutoff, tuple(gone), kept)
        command_id = self._ids.new()
        context = CommandContext(
            command_id=command_id, actor=system_actor("channels"), at=self._clock.now(), correlation_id=command_id
        )
        await record_retention(command, context, record=self._record)
