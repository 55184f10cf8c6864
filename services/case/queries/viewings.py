"""Who is looking at which case: rows that are over in a minute, unless they are said again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import CaseStatus
from infra.postgres import Pool
from infra.sql import statements
from services.case.queries.database import Database

VIEWERS_OF_CASE_MAX = 20

_SQL = statements("services.case.queries")


class _Viewer(msgspec.Struct, frozen=True):
    case_id: UUID
    agent_id: UUID


class TableViewings:
    """`services.case.ports.Viewings` on the service's own database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def look(self, case_id: UUID, agent_id: UUID, *, typing: bool, until: datetime) -> CaseStatus | None:
        """Say that an agent looks at a case, unless it is resolved; its status, or None where there is no such case."""
        status: str | None = await self._pool.fetchval(_SQL["look_at_case"], case_id, agent_id, typing, until)
        return None if status is None else CaseStatus(status)


async def viewers_of_cases(database: Database, ids: Sequence[UUID], now: datetime) -> dict[UUID, list[UUID]]:
    """The agents who look at each case now, in the order in which they say so; nobody looks at a resolved one."""
    found: dict[UUID, list[UUID]] = {}
    for row in await database.all(_Viewer, "viewers_of_cases", list(ids), now, VIEWERS_OF_CASE_MAX):
        found.setdefault(row.case_id, []).append(row.agent_id)
    return found


async def writers_in_case(database: Database, case_id: UUID, besides: UUID, now: datetime) -> int:
    """How many agents write an answer in a case now, besides one."""
    return int(await database.value("writers_in_case", case_id, besides, now))
