"""Keeps mentions no longer than they are to be kept, and shows how many complaints nobody answered.

A mention's time comes by itself: it is closed, its key destroyed, channels told. Once a day, when channels has answered
for all that went, the table is rewritten and the evidence counts them; whatever ends this, the next look goes on.
"""

from __future__ import annotations

from datetime import UTC, datetime, time

from contracts.stored import Record
from infra import metrics
from infra.logs import log
from infra.postgres import Pool
from infra.rewriting import TableBusy, rewrite_tables
from infra.rounds import go_round
from infra.sealing import KeyRing
from infra.sql import statements
from services.case.commands.expire_mention import ExpireMention, expire_mention
from services.case.commands.own_initiative import own_context
from services.case.commands.record_retention import RecordRetention, record_retention
from services.case.domain.mention import mention_scope
from services.case.domain.retention import Retention, RetentionClass, retention_id_of
from services.case.ports import Clock, Ids

LOOK_EVERY_SECONDS = 30.0
MENTIONS_AT_ONCE_MAX = 200
MENTIONS_OF_ROUND_MAX = 2_000
MENTIONS_OF_DAY_MAX = 100_000

_SQL = statements("services.case.workers")
logger = log("mentions")


class MentionKeeper:
    """The loop."""

    def __init__(self, *, pool: Pool, keys: KeyRing, record: Record, clock: Clock, ids: Ids) -> None:
        self._pool = pool
        self._keys = keys
        self._record = record
        self._clock = clock
        self._ids = ids
        self._complaints = 0

    async def run(self) -> None:
        """Look now and then, for ever. While the database is away, or a table in use, it comes again."""
        await go_round(self.round, every_seconds=LOOK_EVERY_SECONDS, logger=logger, passes=(TableBusy,))

    async def round(self) -> None:
        """Close what is due, sign off the day where it can be, and look how many complaints are left."""
        await self._expire()
        await self._sign_off()
        await self._watch_complaints()

    async def _expire(self) -> None:
        for _ in range(MENTIONS_OF_ROUND_MAX // MENTIONS_AT_ONCE_MAX):
            due = await self._pool.fetch(_SQL["mentions_to_expire"], self._clock.now(), MENTIONS_AT_ONCE_MAX)
            for row in due:
                context = own_context(self._clock, self._ids)
                await expire_mention(ExpireMention(row["mention_id"]), context, record=self._record)
                await self._keys.destroy_scope(mention_scope(row["mention_id"]), self._clock.now())
            if len(due) < MENTIONS_AT_ONCE_MAX:
                return

    async def _sign_off(self) -> None:
        day = self._clock.now().date()
        if await self._record.load(Retention, retention_id_of(RetentionClass.MENTIONS, day)) is not None:
            return
        if await self._pool.fetchval(_SQL["mentions_unanswered"]):
            return
        rows = await self._pool.fetch(_SQL["mentions_to_report"], MENTIONS_OF_DAY_MAX)
        gone = tuple(row["mention_id"] for row in rows)
        for mention_id in gone:
            await self._keys.destroy_scope(mention_scope(mention_id), self._clock.now())
        if gone:
            await rewrite_tables(self._pool, ("mentions",))
        cutoff = datetime.combine(day, time(), UTC)
        command = RecordRetention(RetentionClass.MENTIONS, day, cutoff, gone, kept=0)
        await record_retention(command, own_context(self._clock, self._ids), record=self._record)

    async def _watch_complaints(self) -> None:
        """Show them, and say so when there are more."""
        mentions = await self._pool.fetchval(_SQL["complaints_in_mentions"])
        cases = await self._pool.fetchval(_SQL["complaints_in_cases"])
        metrics.complaints_unanswered.labels("mentions").set(mentions)
        metrics.complaints_unanswered.labels("cases").set(cases)
        if mentions + cases > self._complaints:
            logger.warning("complaints without an answer", mentions=mentions, cases=cases)
        self._complaints = mentions + cases
