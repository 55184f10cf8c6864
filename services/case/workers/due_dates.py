"""What time alone brings about: promises break, waits and approvals end, what is to be published leaves.

It needs no memory: what a crash left undone is due still. Each step is a command that looks again, so that several of
these may run side by side.
"""

from __future__ import annotations

from contracts.stored import Record
from infra.logs import log
from infra.postgres import Pool
from infra.rounds import go_round
from infra.sql import statements
from services.case.commands.break_commitment import BreakCommitment, break_commitment
from services.case.commands.end_wait import EndWait, end_wait
from services.case.commands.expire_gesture import ExpireGesture, expire_gesture
from services.case.commands.expire_reply import ExpireReply, expire_reply
from services.case.commands.own_initiative import own_context
from services.case.commands.release_publication import ReleasePublication, release_publication
from services.case.ports import Clock, Directory, Ids

ROUND_EVERY_SECONDS = 1.0
DUE_OF_ROUND_MAX = 200

_SQL = statements("services.case.workers")
logger = log("due-dates")


class DueDates:
    """The loop."""

    def __init__(self, *, pool: Pool, record: Record, directory: Directory, clock: Clock, ids: Ids) -> None:
        self._pool = pool
        self._record = record
        self._directory = directory
        self._clock = clock
        self._ids = ids

    async def run(self) -> None:
        """Go round for ever. While the database is away, it comes again."""
        await go_round(self.round, every_seconds=ROUND_EVERY_SECONDS, logger=logger)

    async def round(self) -> None:
        """Do what is due by now."""
        now = self._clock.now()
        for row in await self._pool.fetch(_SQL["promises_due"], now, DUE_OF_ROUND_MAX):
            broken = BreakCommitment(row["commitment_id"])
            await break_commitment(
                broken, own_context(self._clock, self._ids), record=self._record, directory=self._directory
            )
        for row in await self._pool.fetch(_SQL["waits_over"], now, DUE_OF_ROUND_MAX):
            await end_wait(EndWait(row["case_id"]), own_context(self._clock, self._ids), record=self._record)
        for row in await self._pool.fetch(_SQL["approvals_over"], now, DUE_OF_ROUND_MAX):
            over = ExpireGesture(row["case_id"], row["gesture_id"])
            await expire_gesture(over, own_context(self._clock, self._ids), record=self._record)
        for row in await self._pool.fetch(_SQL["replies_over"], now, DUE_OF_ROUND_MAX):
            held = ExpireReply(row["case_id"], row["contact_id"])
            await expire_reply(held, own_context(self._clock, self._ids), record=self._record)
        for row in await self._pool.fetch(_SQL["publications_due"], now, DUE_OF_ROUND_MAX):
            due = ReleasePublication(row["publication_id"])
            await release_publication(due, own_context(self._clock, self._ids), record=self._record)
        await self._pool.execute(_SQL["forget_viewings"], now)
