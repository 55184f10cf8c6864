"""Whether what the configuration file says can be seen here yet."""

from __future__ import annotations

from contracts.subjects import CHANNELS, ROUTING
from infra.postgres import Pool
from infra.sql import statements

_SQL = statements("services.case.queries")


async def configurations_to_come(pool: Pool, digest: str) -> list[str]:
    """The services that have not said yet that they work by the configuration of that digest."""
    rows = await pool.fetch(_SQL["applied_configurations"])
    applied = {row["origin"]: row["digest"] for row in rows}
    return [origin for origin in (CHANNELS, ROUTING) if applied.get(origin) != digest]
