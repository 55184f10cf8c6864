"""The watch over trends, on a real record: it tells by the report's rows, and keeps what the report keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.domain.report_rules import ReportRules
from services.case.domain.rises import RISES_ID
from services.case.workers.trend_watch import TrendWatch
from tests.integration.graphql_stand import Desk, own_desk
from tests.integration.told_tables import DAY, Told

WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)


@pytest.fixture
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


def watch(desk: Desk, group_size_min: int = 5) -> TrendWatch:
    clock, ids, rules = SystemClock(), SystemIds(), ReportRules(group_size_min=group_size_min)
    return TrendWatch(pool=desk.pool, record=desk.record, clock=clock, ids=ids, rules=rules)


async def told_facts(desk: Desk) -> list[tuple[str, Any]]:
    """Topic and state of every fact about rises, in order."""
    rows = await desk.pool.fetch("SELECT topic, clear FROM es.events WHERE stream_id = $1 ORDER BY version", RISES_ID)
    return [(row["topic"], msgspec.json.decode(row["clear"])) for row in rows]


async def test_s105_s088_more_praise_than_usual_is_on_record_once_and_so_is_its_end(desk: Desk) -> None:
    told, now = Told(desk.pool), SystemClock().now()
    for ago in range(1, 6):
        await told.mention(now - ago * WEEK - DAY, "COMPLIMENT", 0.5)
    for number in range(12):
        await told.mention(now - DAY + number * HOUR, "COMPLIMENT", 0.5)
    for _ in range(2):
        await watch(desk).round()
    ((topic, state),) = await told_facts(desk)
    assert topic == "rises.noted.v1"
    (rise,) = state["rose"]
    assert (rise["channel"], rise["class"], rise["counted"], rise["usual"]) == ("X", "COMPLIMENT", 12, 1.0)
    assert rise["once_in"] > 10_000
    await desk.pool.execute("DELETE FROM mentions WHERE occurred_at BETWEEN $1 AND $2", now - DAY, now - 15 * HOUR)
    for _ in range(2):
        await watch(desk).round()
    _, (topic, state) = await told_facts(desk)
    assert (topic, state["rose"]) == ("rises.turned.v1", [])
    assert [(each["class"], each["counted"]) for each in state["ended"]] == [("COMPLIMENT", 2)]


async def test_what_few_agents_stand_behind_is_told_to_nobody(desk: Desk) -> None:
    told, now = Told(desk.pool), SystemClock().now()
    for ago in range(1, 6):
        await told.case(now - ago * WEEK - DAY)
    for number in range(20):
        await told.case(now - DAY + number * HOUR)
    await watch(desk).round()
    assert await told_facts(desk) == []
    await watch(desk, group_size_min=1).round()
    ((_, state),) = await told_facts(desk)
    assert [(each["channel"], each["counted"]) for each in state["rose"]] == [("EMAIL", 20)]
