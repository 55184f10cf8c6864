"""The part of `eender verify` that checks who-saw-what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.event_store.finding import Finding
from services.case.queries.access_log import AccessLogBrokenError, verify_access_log

if TYPE_CHECKING:
    from infra.postgres import Pool


async def access_findings(pool: Pool) -> list[Finding]:
    """The first place where the access log of a database is not what was written; none where it keeps no such log."""
    if await pool.fetchval("SELECT to_regclass('access.entries')") is None:
        return []
    try:
        await verify_access_log(pool)
    except AccessLogBrokenError as broken:
        return [Finding("access.entries", f"{broken.day} number {broken.number}: {broken.detail}")]
    return []
