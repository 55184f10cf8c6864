"""Looks at the report of trends by itself and tells others what is written about more than usual, and when it is over.

By the report's own rows: what the report keeps to itself, since few agents stand behind it, is told to nobody else.
"""

from __future__ import annotations

from datetime import timedelta

from contracts.rise import Rise
from contracts.stored import Record
from contracts.vocabulary import Channel, TriageClass
from infra.logs import log
from infra.postgres import Pool
from infra.rounds import go_round
from services.case.commands.note_rises import NoteRises, note_rises
from services.case.commands.own_initiative import own_context
from services.case.domain.report_rules import ReportKind, ReportRules
from services.case.ports import Clock, Ids
from services.case.queries.database import Database
from services.case.queries.reports import Row, report_rows

ROUND_EVERY_SECONDS = 3600.0
LOOKED_BACK = timedelta(weeks=13)

logger = log("trend-watch")


class TrendWatch:
    """The loop. Each process watches for itself: the figures are the same in all, and what is told is on record."""

    def __init__(self, *, pool: Pool, record: Record, clock: Clock, ids: Ids, rules: ReportRules) -> None:
        self._database = Database(pool)
        self._record = record
        self._clock = clock
        self._ids = ids
        self._rules = rules

    async def run(self) -> None:
        """Go round for ever. While the database is away, it comes again."""
        await go_round(self.round, every_seconds=ROUND_EVERY_SECONDS, logger=logger)

    async def round(self) -> None:
        """Look, and put on record what changed since the last look."""
        now = self._clock.now()
        rows = await report_rows(self._database, ReportKind.TRENDS, self._rules, since=now - LOOKED_BACK, until=now)
        command = NoteRises(tuple(_rise(row) for row in rows))
        done = await note_rises(command, own_context(self._clock, self._ids), record=self._record)
        if done.versions:
            logger.info("what is written about more than usual has changed", count=done.outcome["rose"])


def _rise(row: Row) -> Rise:
    return Rise(
        brand=row["brand"],
        channel=None if row["channel"] is None else Channel(row["channel"]),
        class_=None if row["class"] is None else TriageClass(row["class"]),
        cause=row["cause"],
        period_days=row["period_days"],
        counted=row["counted"],
        usual=row["usual"],
        once_in=row["once_in"],
    )
