"""Every filter of a list of cases, of either kind of yes and no, finds its cases along an index."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from contracts.vocabulary import CaseStatus, Channel, Priority
from infra.embedded.postgres import EmbeddedPostgres
from infra.sql import statements
from services.case.graphql.inputs import CaseWhere
from services.case.queries.case_list import WHOLE_ONLY, Binder, CaseFilter, CaseOrderField, condition, order_key
from tests.integration.graphql_stand import Desk, own_desk

SOMEBODY, LONG_AGO = UUID(int=1), datetime(2026, 1, 1, tzinfo=UTC)
FILTERS: dict[str, CaseFilter] = {
    "status": CaseFilter(statuses=(CaseStatus.WAITING,)),
    "assignee_id": CaseFilter(assignee_id=SOMEBODY),
    "assigned": CaseFilter(assigned=True),
    "not assigned": CaseFilter(assigned=False),
    "team_id": CaseFilter(team_id=SOMEBODY),
    "brand_id": CaseFilter(brand="shop"),
    "customer_id": CaseFilter(shown_as_id=SOMEBODY),
    "channel": CaseFilter(channel=Channel.EMAIL),
    "tag": CaseFilter(tag="parcel"),
    "priority": CaseFilter(priority=Priority.URGENT),
    "unread": CaseFilter(unread=True),
    "not unread": CaseFilter(unread=False),
    "held_for_id": CaseFilter(held_for_id=SOMEBODY),
    "incident_id": CaseFilter(incident_id=SOMEBODY),
    "due_before": CaseFilter(due_before=LONG_AGO),
    "opened_after": CaseFilter(opened_after=LONG_AGO),
}
GROUPS = {"and_", "or_"}
"""What only puts filters together."""


class Texts:
    def text(self, name: str) -> str:
        return statements("services.case.queries")[name]


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


def test_every_filter_of_the_api_is_looked_at() -> None:
    asked = set(CaseWhere.__annotations__) - GROUPS
    assert {name.removeprefix("not ") for name in FILTERS} == asked


@pytest.mark.parametrize("name", FILTERS)
async def test_a_filter_has_an_index(desk: Desk, name: str) -> None:
    binder = Binder()
    where = condition(Texts(), FILTERS[name], binder)
    async with desk.pool.acquire() as connection, connection.transaction():
        # The tables are empty: what can be had along an index is taken, where whole tables cost too much.
        await connection.execute("SET LOCAL enable_seqscan = off")
        rows = await connection.fetch(
            f"EXPLAIN SELECT c.case_id FROM cases AS c WHERE {where}",
            *binder.values,
        )
    plan = "\n".join(row[0] for row in rows)
    assert "Seq Scan on cases" not in plan, plan
    assert _is_along_an_index(plan), plan


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("order", CaseOrderField)
async def test_a_list_of_all_cases_is_read_along_its_order(desk: Desk, order: CaseOrderField, direction: str) -> None:
    plan = await _plan_of_page(desk, CaseFilter(), order, direction)
    assert "Sort" not in plan, plan


@pytest.mark.parametrize("order", sorted(WHOLE_ONLY))
async def test_a_list_of_some_cases_is_not_read_along_the_order_of_all(desk: Desk, order: CaseOrderField) -> None:
    plan = await _plan_of_page(desk, CaseFilter(tag="parcel"), order, "ASC")
    assert "Sort" in plan, plan


async def _plan_of_page(desk: Desk, where: CaseFilter, order: CaseOrderField, direction: str) -> str:
    binder = Binder()
    matching, key = condition(Texts(), where, binder), order_key(Texts(), where, order)
    async with desk.pool.acquire() as connection, connection.transaction():
        # Sorted only where no index can tell the order.
        await connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        rows = await connection.fetch(
            f"EXPLAIN SELECT c.case_id FROM cases AS c WHERE {matching}"
            f" ORDER BY {key} {direction}, c.case_id {direction} LIMIT 26",
            *binder.values,
        )
    return "\n".join(row[0] for row in rows)


def _is_along_an_index(plan: str) -> bool:
    """By a condition of the index, or an index of those cases alone."""
    alone: tuple[str, ...] = ("cases_unassigned", "cases_assigned", "cases_unread", "cases_read")
    return "Index Cond" in plan or any(f" {index} " in plan or f" {index}\n" in plan for index in alone)


ALL: dict[str, Any] = {
    "status": {"in": ["OPEN"]},
    "assigned": True,
    "unread": True,
    "channel": "WHATSAPP",
    "priority": "NORMAL",
    "openedAfter": "2020-01-01T00:00:00.000Z",
    "dueBefore": "2100-01-01T00:00:00.000Z",
}


@pytest.mark.parametrize("name", ALL)
async def test_a_filter_keeps_what_it_says_and_no_other(desk: Desk, name: str) -> None:
    opened = await desk.opened()
    document = "query($w: CaseWhere) { cases(where: $w, first: 100) { nodes { id } } }"
    found = await desk.graphql(document, {"w": {"and": [{name: ALL[name]}, {"customerId": opened["customer"]["id"]}]}})
    due = opened["dueAt"] is not None
    expected = [] if name == "dueBefore" and not due else [{"id": opened["id"]}]
    assert found["data"]["cases"]["nodes"] == expected


async def test_cases_that_are_held_for_an_agent_are_found_by_that(desk: Desk) -> None:
    opened = await desk.opened()
    agents = await desk.graphql("{ agents { nodes { id ref } } }")
    anna = next(node["id"] for node in agents["data"]["agents"]["nodes"] if node["ref"] == "anna")
    await desk.pool.execute(
        "UPDATE cases SET held_for_id = (SELECT agent_id FROM agents WHERE ref = 'anna'),"
        " held_until = now() + interval '1 hour' WHERE number = $1",
        opened["number"],
    )
    document = "query($w: CaseWhere) { cases(where: $w) { nodes { id heldFor { ref } heldUntil } } }"
    (node,) = (await desk.graphql(document, {"w": {"heldForId": anna}}))["data"]["cases"]["nodes"]
    assert (node["id"], node["heldFor"]["ref"]) == (opened["id"], "anna")
    assert node["heldUntil"] is not None
