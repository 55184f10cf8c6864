"""Compares the work that comes in with those who are rostered for it, and says when it is too much for them."""

from __future__ import annotations

from infra import metrics
from infra.logs import log
from infra.rounds import go_round
from services.routing.commands.note_capacity import NoteCapacity, note_capacity
from services.routing.commands.own_initiative import own_context
from services.routing.domain.policy import Policy
from services.routing.ports import Clock, Ids, Record, Workload

ROUND_EVERY_SECONDS = 60.0
logger = log("capacity-watch")


class CapacityWatch:
    """The loop. Each process watches for itself: the figures are the same in all, and the alarm is one, on record."""

    def __init__(self, *, workload: Workload, policy: Policy, record: Record, clock: Clock, ids: Ids) -> None:
        self._workload = workload
        self._policy = policy
        self._record = record
        self._clock = clock
        self._ids = ids

    async def run(self) -> None:
        """Go round for ever. While the database is away, it comes again."""
        await go_round(self.round, every_seconds=ROUND_EVERY_SECONDS, logger=logger)

    async def round(self) -> None:
        """Look, show it, and say so when it has become too much, or is not any more."""
        found = await self._workload.load(self._clock.now())
        offered = found.offered(self._policy)
        if offered is not None:
            metrics.offered_load.set(offered)
        done = await note_capacity(
            NoteCapacity(found), own_context(self._clock, self._ids), record=self._record, policy=self._policy
        )
        short = bool(done.outcome["short"])
        metrics.capacity_alarm.set(int(short))
        if done.versions and short:
            logger.warning("more work comes in than those on duty can do", count=found.cases)
        elif done.versions:
            logger.info("those on duty can do the work that comes in", count=found.cases)
