"""How customers say we did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from services.case.domain.satisfaction import SatisfactionMetric
from services.case.queries.database import Database


class SatisfactionRow(msgspec.Struct, frozen=True):
    """Of one customer and all who are shown as it. `score`: the mean, to hundredths, between `worst` and `best`."""

    customer_id: UUID
    metric: SatisfactionMetric
    score: float
    responses: int
    worst: int
    best: int
    latest_at: datetime


async def satisfaction_of_customers(database: Database, ids: Sequence[UUID]) -> dict[UUID, SatisfactionRow]:
    """Of those who said it, by the metric of their latest answer."""
    return {row.customer_id: row for row in await database.all(SatisfactionRow, "satisfaction_of_customers", list(ids))}
