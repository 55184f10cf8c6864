"""How the clocks of cases stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import ClockKind, ClockState
from services.case.queries.database import Database

CLOCKS_OF_CASE_MAX = 100
"""Of a case that has more, the latest are shown."""


class ClockRow(msgspec.Struct, frozen=True):
    """A clock as it is shown. `clock_of`: what it is for."""

    case_id: UUID
    kind: ClockKind
    clock_of: UUID
    state: ClockState
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None


async def clocks_of_cases(database: Database, case_ids: Sequence[UUID]) -> dict[UUID, list[ClockRow]]:
    """The clocks of each of the cases, the first to begin coming first."""
    found: defaultdict[UUID, list[ClockRow]] = defaultdict(list)
    for row in await database.all(ClockRow, "clocks_of_cases", list(case_ids), CLOCKS_OF_CASE_MAX):
        found[row.case_id].append(row)
    return dict(found)
