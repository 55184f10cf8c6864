"""Whose client was there when: an agent who follows what concerns them is at the desk."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from infra.postgres import Pool
from infra.sql import statements

TOLD_EVERY_SECONDS = 10.0
"""So often at most a client that is there is noted."""

_SQL = statements("services.case.queries")


class Attended:
    """Notes one client of an agent while it is there."""

    def __init__(self, pool: Pool, agent_id: UUID) -> None:
        self._pool = pool
        self._agent_id = agent_id
        self._noted: datetime | None = None

    async def note(self, now: datetime) -> None:
        """The client is there now."""
        if self._noted is None or (now - self._noted).total_seconds() >= TOLD_EVERY_SECONDS:
            await self._pool.execute(_SQL["client_is_there"], self._agent_id, now)
            self._noted = now


async def says_to_be_here(pool: Pool, agent_id: UUID, now: datetime) -> None:
    """The agent just said so: a client that dropped before that is forgiven."""
    await pool.execute(_SQL["agent_says_to_be_here"], agent_id, now)
