"""What happened, out of the log: facts of some topics in their order, a page at a time. Nothing is written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import asyncpg

from contracts.stored import Fact, FirstFact
from infra.event_store.opening import fact_of
from infra.sql import statements

PAGE_FACTS_MAX = 2_000
_SQL = statements("services.routing.queries")


async def recorded_facts(
    pool: asyncpg.Pool, topics: Sequence[str], until: datetime
) -> AsyncIterator[list[Fact | FirstFact]]:
    """All facts of these topics that were recorded before that moment, from the beginning.

    Raises:
        UnknownTopic: no class here has a row's topic.
    """
    after = 0
    while rows := await pool.fetch(_SQL["facts_of_topics"], after, list(topics), until, PAGE_FACTS_MAX):
        yield [fact_of(row) for row in rows]
        after = rows[-1]["position"]
