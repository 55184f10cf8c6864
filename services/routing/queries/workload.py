"""What came in lately, and who was rostered for it."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from contracts.duty import Roster
from infra.postgres import Pool
from infra.sql import statements
from services.routing.domain.load import WINDOW_S, Load
from services.routing.domain.targets import on_duty

_SQL = statements("services.routing.queries")


class TableWorkload:
    """`services.routing.ports.Workload` on the service's own tables."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def load(self, now: datetime) -> Load:
        """Of the window that ends now."""
        since = now - timedelta(seconds=WINDOW_S)
        cases: int = await self._pool.fetchval(_SQL["cases_opened_between"], since, now)
        rosters = await self._pool.fetch(_SQL["rosters_in_force"])
        duties = (on_duty(msgspec.json.decode(row["roster"], type=Roster), now.date()) for row in rosters)
        rostered_s = sum(duty.between_s(since.timestamp(), now.timestamp()) for duty in duties)
        return Load(cases=cases, rostered_s=rostered_s)
