"""Compares the work that comes in with those who are rostered for it, and says when it is too much for them."""

from __future__ import annotations

from infra import metrics
from infra.logs import log
from infra.rounds import go_round
from services.routing.domain.load import alarmed
from services.routing.domain.policy import Policy
from services.routing.ports import Clock, Workload

ROUND_EVERY_SECONDS = 60.0
logger = log("capacity-watch")


class CapacityWatch:
    """The loop. Each process watches for itself: the figures are the same in all of them."""

    def __init__(self, *, workload: Workload, policy: Policy, clock: Clock) -> None:
        self._workload = workload
        self._policy = policy
        self._clock = clock
        self.alarmed = False

    async def run(self) -> None:
        """Go round for ever. While the database is away, it comes again."""
        await go_round(self.round, every_seconds=ROUND_EVERY_SECONDS, logger=logger)

    async def round(self) -> None:
        """Look, show it, and say so when it has become too much, or is not any more."""
        found = await self._workload.load(self._clock.now())
        offered = found.offered(self._policy)
        before, self.alarmed = self.alarmed, alarmed(offered, before=self.alarmed)
        if offered is not None:
            metrics.offered_load.set(offered)
        metrics.capacity_alarm.set(int(self.alarmed))
        if self.alarmed and not before:
            logger.warning("more work comes in than those on duty can do", count=found.cases)
        elif before and not self.alarmed:
            logger.info("those on duty can do the work that comes in", count=found.cases)
