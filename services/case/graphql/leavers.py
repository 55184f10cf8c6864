"""Agents who left: however long their token is good, they are let in no more, and what they follow ends."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING

import asyncpg

from contracts.vocabulary import Role
from services.case.queries.people import has_left

if TYPE_CHECKING:
    from datetime import datetime

    from services.case.graphql.access import Principal
    from services.case.ports import Clock
    from services.case.queries.database import Database

CHECKED_EVERY_S = 10.0
"""So long may somebody go on who has left."""
LOOK_S_MAX = 2.0
"""A database that hangs is not to keep anybody at the door: whatever is asked of it then has a limit of its own."""
KEPT_MAX = 10_000


class Leavers:
    """Asks of each agent now and then. Who is no agent that is known leaves nothing: others say who may come in."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._looked_at: OrderedDict[str, tuple[datetime, bool]] = OrderedDict()

    async def has_left(self, principal: Principal) -> bool:
        """Whether it is an agent who is one no longer, as of `CHECKED_EVERY_S` ago at the most."""
        if principal.role is not Role.AGENT and not principal.acts_as_bot:
            return False
        now, subject = self._clock.now(), principal.subject
        at, left = self._looked_at.get(subject, (None, False))
        if at is not None and (now - at).total_seconds() < CHECKED_EVERY_S:
            return left
        try:
            async with asyncio.timeout(LOOK_S_MAX):
                left = await has_left(self._database, subject)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return left  # nothing is shown to anybody while the database is away
        self._looked_at[subject] = now, left
        self._looked_at.move_to_end(subject)
        if len(self._looked_at) > KEPT_MAX:
            self._looked_at.popitem(last=False)
        return left
