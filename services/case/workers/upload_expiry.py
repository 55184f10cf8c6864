"""Ends files that were asked for or brought and that no answer took along in time."""

from __future__ import annotations

from contracts.stored import Record
from infra.logs import log
from infra.postgres import Pool
from infra.rounds import go_round
from infra.sql import statements
from services.case.commands.expire_upload import ExpireUpload, expire_upload
from services.case.commands.own_initiative import own_context
from services.case.ports import Clock, Ids

LOOK_EVERY_SECONDS = 60.0
OF_ROUND_MAX = 200

_SQL = statements("services.case.workers")
logger = log("uploads")


class UploadExpiry:
    """The loop."""

    def __init__(self, *, pool: Pool, record: Record, clock: Clock, ids: Ids) -> None:
        self._pool = pool
        self._record = record
        self._clock = clock
        self._ids = ids

    async def run(self) -> None:
        """Look now and then, for ever."""
        await go_round(self.round, every_seconds=LOOK_EVERY_SECONDS, logger=logger)

    async def round(self) -> None:
        """End what is due."""
        for row in await self._pool.fetch(_SQL["uploads_to_expire"], self._clock.now(), OF_ROUND_MAX):
            context = own_context(self._clock, self._ids)
            await expire_upload(ExpireUpload(row["attachment_id"]), context, record=self._record)
