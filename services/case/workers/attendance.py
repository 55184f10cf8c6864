"""Nobody stays ONLINE whose client is gone: a line that drops for a moment is forgiven, one that stays away is not.

Only agents whose client followed what concerns them are looked at; of the others nobody can tell.
"""

from __future__ import annotations

from datetime import timedelta

from contracts.stored import Record
from contracts.vocabulary import Presence
from infra.logs import log
from infra.postgres import Pool
from infra.rounds import go_round
from infra.sql import statements
from services.case.commands.own_initiative import own_context
from services.case.commands.request_presence import RequestPresence, request_presence
from services.case.ports import Clock, Ids

ROUND_EVERY_SECONDS = 5.0
DROPPED_OF_ROUND_MAX = 200

_SQL = statements("services.case.workers")
logger = log("attendance")


class Attendance:
    """The loop. `dropped_seconds`: so long a client may be gone."""

    def __init__(self, *, pool: Pool, record: Record, clock: Clock, ids: Ids, dropped_seconds: int) -> None:
        self._pool = pool
        self._record = record
        self._clock = clock
        self._ids = ids
        self._dropped = timedelta(seconds=dropped_seconds)

    async def run(self) -> None:
        """Go round for ever. While the database is away, it comes again."""
        await go_round(self.round, every_seconds=ROUND_EVERY_SECONDS, logger=logger)

    async def round(self) -> None:
        """Ask routing to set those OFFLINE whose client has been gone for too long; then forget that it was there."""
        gone = self._clock.now() - self._dropped
        for row in await self._pool.fetch(_SQL["clients_dropped"], gone, DROPPED_OF_ROUND_MAX):
            request = RequestPresence(self._ids.new(), row["ref"], Presence.OFFLINE)
            await request_presence(request, own_context(self._clock, self._ids), record=self._record)
            await self._pool.execute(_SQL["forget_client"], row["agent_id"], gone)
        await self._pool.execute(_SQL["forget_clients"], gone)
