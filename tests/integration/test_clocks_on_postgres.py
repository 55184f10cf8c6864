"""Clocks on a real Postgres: seen through the API, sorted by, and each noticed once, whoever watches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.graphql import ids
from services.case.graphql.ids import IdType
from services.case.workers.clock_watch import ClockWatch
from services.case.workers.rebuilding import case_rebuild
from tests.integration.graphql_clients import connected
from tests.integration.graphql_stand import Desk, own_desk
from tests.support.documents import operation_text

CLOCKS = "query($id: ID!) { case(by: {id: $id}) { version dueAt clocks { kind state startedAt dueAt stoppedAt } } }"
LEAD = "LEAD:lena"


class LaterClock:
    """The time some hours from now."""

    def __init__(self, hours: float) -> None:
        self._ahead = timedelta(hours=hours)

    def now(self) -> datetime:
        return SystemClock().now() + self._ahead


@pytest.fixture
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server, heartbeat_s=0.5) as running:
        yield running


def watch(desk: Desk, hours: float) -> ClockWatch:
    return ClockWatch(pool=desk.pool, record=desk.record, clock=LaterClock(hours), ids=SystemIds())


async def clocks(desk: Desk, case: dict[str, Any]) -> dict[str, Any]:
    answer = await desk.graphql(CLOCKS, {"id": case["id"]})
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]["case"]
    found["states"] = {clock["kind"]: clock["state"] for clock in found["clocks"]}
    return found


async def noticed(desk: Desk, case: dict[str, Any]) -> list[str]:
    case_id = ids.uuid_of(IdType.CASE, case["id"])
    rows = await desk.pool.fetch(
        "SELECT topic FROM es.events WHERE stream_id = $1 AND topic LIKE 'case.clock-%' ORDER BY version", case_id
    )
    return [row["topic"] for row in rows]


async def test_s062_the_desk_sees_the_clocks_of_a_case_and_when_it_is_due(desk: Desk) -> None:
    case = await desk.opened()
    seen = await clocks(desk, case)
    assert seen["states"] == {"FIRST_ANSWER": "RUNNING", "RESOLVE": "RUNNING"}
    first = next(clock for clock in seen["clocks"] if clock["kind"] == "FIRST_ANSWER")
    assert seen["dueAt"] == first["dueAt"]
    began, due = (datetime.fromisoformat(first[key]) for key in ("startedAt", "dueAt"))
    assert due - began == timedelta(hours=3), "the default"
    await desk.do("CaseReply", caseId=case["id"], text="Tomorrow.")
    seen = await clocks(desk, case)
    assert seen["states"] == {"FIRST_ANSWER": "MET", "RESOLVE": "PAUSED"}
    assert seen["dueAt"] is None


async def test_lists_are_sorted_and_filtered_by_what_is_due_first(desk: Desk) -> None:
    answered, waiting = await desk.opened(), await desk.opened()
    await desk.do("CaseReply", caseId=answered["id"], text="Tomorrow.")
    listed = "{ cases(orderBy: {field: DUE_AT, direction: ASC}, first: 5) { nodes { id } } }"
    answer = await desk.graphql(listed, token=LEAD)
    assert [node["id"] for node in answer["data"]["cases"]["nodes"]] == [waiting["id"], answered["id"]]
    soon = "query($at: DateTime!) { cases(where: {dueBefore: $at}) { nodes { id } } }"
    answer = await desk.graphql(soon, {"at": (SystemClock().now() + timedelta(hours=4)).isoformat()}, LEAD)
    assert [node["id"] for node in answer["data"]["cases"]["nodes"]] == [waiting["id"]]


async def test_s063_each_clock_is_noticed_once_however_many_watch(desk: Desk) -> None:
    case = await desk.opened()
    for hours, said in (
        (2.0, []),
        (2.5, ["case.clock-warned.v1"]),
        (2.6, ["case.clock-warned.v1"]),
        (3.1, ["case.clock-warned.v1", "case.clock-missed.v1"]),
        (4.0, ["case.clock-warned.v1", "case.clock-missed.v1"]),
    ):
        await asyncio.gather(*(watch(desk, hours).round() for _ in range(3)))
        assert await noticed(desk, case) == said, hours
    seen = await clocks(desk, case)
    assert seen["states"] == {"FIRST_ANSWER": "MISSED", "RESOLVE": "RUNNING"}
    assert seen["dueAt"] is not None, "it presses on"


async def test_whoever_follows_a_case_is_told_that_a_clock_runs_out(desk: Desk) -> None:
    case = await desk.opened()
    async with connected(desk) as client:
        await client.subscribe(operation_text("CaseEvents"), caseId=case["id"])
        await client.item()
        await watch(desk, 2.5).round()
        changed = await client.change()
        assert (changed["__typename"], changed["type"]) == ("CaseChanged", "case.clock-warned.v1")
        assert changed["version"] == case["version"] + 1


async def test_a_promise_that_is_due_soon_is_warned_of(desk: Desk) -> None:
    case = await desk.opened()
    await desk.do("CaseReply", caseId=case["id"], text="Tomorrow.")
    due_at = SystemClock().now() + timedelta(hours=10)
    await desk.do("CommitmentMake", caseId=case["id"], text="A call", dueAt=due_at.isoformat())
    assert (await clocks(desk, case))["dueAt"] is not None
    await watch(desk, 7).round()
    assert await noticed(desk, case) == []
    await watch(desk, 8).round()
    await watch(desk, 11).round()
    assert await noticed(desk, case) == ["case.clock-warned.v1"], "that it is broken its own fact says"


async def test_clocks_made_anew_are_those_there_are(desk: Desk) -> None:
    case = await desk.opened()
    await watch(desk, 3.5).round()
    await desk.do("CaseReply", caseId=case["id"], text="Sorry, tomorrow.")
    before = await clocks(desk, case)
    assert (await case_rebuild(desk.pool, desk.keys).run()).differences == ()
    assert await clocks(desk, case) == before
