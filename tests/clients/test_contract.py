"""The contract as others hold it: it composes with another team's subgraph, and a change is called by its name."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema

from infra.embedded.postgres import EmbeddedPostgres
from services.case.graphql.print_schema import SCHEMA, SUBGRAPH
from services.case.graphql.schema import make_schema, printed
from services.case.graphql.subgraph import subgraph_sdl
from tests.integration.graphql_stand import Desk, own_desk
from tests.support.npm import FETCH_AND_RUN_S_MAX, fetched_or_skip, run_node

SUITES = Path(__file__).parent / "suites"
ENTITIES = """query($of: [_Any!]!) { _entities(representations: $of) {
  __typename ... on Customer { id displayName } ... on Case { id number } ... on Agent { id displayName } } }"""


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server, federated=True) as running:
        yield running


def test_the_subgraph_is_printed_from_the_schema() -> None:
    assert SUBGRAPH.read_text() == subgraph_sdl(printed(make_schema()))


@pytest.mark.timeout(FETCH_AND_RUN_S_MAX)
def test_the_subgraph_composes_with_another_teams() -> None:
    suites = fetched_or_skip(SUITES)
    supergraph = run_node(suites, "compose.mjs", str(SUBGRAPH), "orders.graphql", environment={})
    assert '@join__type(graph: DESK, key: "id")' in supergraph
    assert '@join__type(graph: ORDERS, key: "id")' in supergraph


@pytest.mark.timeout(FETCH_AND_RUN_S_MAX)
@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("  lastContactAt: DateTime!\n", "  lastContact: DateTime!\n", "breaking"),
        ("  number: String!\n", "  number: String\n", "breaking"),
        ("enum CaseStatus {\n", "enum CaseStatus {\n  PARKED\n", "dangerous"),
        ("  number: String!\n", "  number: String!\n  colour: String\n", "safe"),
    ],
)
def test_a_change_of_the_contract_is_called_breaking_dangerous_or_safe(
    tmp_path: Path, before: str, after: str, kind: str
) -> None:
    suites, text = fetched_or_skip(SUITES), SCHEMA.read_text()
    assert before in text
    changed = tmp_path / "schema.graphql"
    changed.write_text(text.replace(before, after, 1))
    build_schema(changed.read_text())
    said = run_node(suites, "diff.mjs", str(SCHEMA), str(changed), environment={})
    assert kind in {json.loads(line)["kind"] for line in said.splitlines()}
    assert run_node(suites, "diff.mjs", str(SCHEMA), str(SCHEMA), environment={}) == ""


async def test_a_gateway_gets_what_another_subgraph_refers_to(desk: Desk) -> None:
    case = await desk.opened()
    of: list[Any] = [
        {"__typename": "Customer", "id": case["customer"]["id"]},
        {"__typename": "Case", "id": case["id"]},
        {"__typename": "Agent", "id": case["assignee"]["id"]},
        {"__typename": "Customer", "id": case["id"]},
        {"__typename": "Case", "id": "nonsense"},
    ]
    answer = await desk.graphql(ENTITIES, {"of": of})
    kinds = [found and found["__typename"] for found in answer["data"]["_entities"]]
    assert kinds == ["Customer", "Case", "Agent", None, None]
    service = await desk.graphql("{ _service { sdl } }")
    assert service["data"]["_service"]["sdl"] == SUBGRAPH.read_text()


@pytest.mark.parametrize(
    "of", [[{}], ["text"], [{"__typename": "Brand", "id": "x"}], [{"__typename": "Case", "id": 7}]]
)
async def test_a_representation_that_is_none_is_refused(desk: Desk, of: list[Any]) -> None:
    (error,) = (await desk.graphql(ENTITIES, {"of": of}))["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_gateway_sees_no_more_than_the_person_it_asks_for(desk: Desk) -> None:
    case = await desk.opened()
    of = [{"__typename": "Customer", "id": case["customer"]["id"]}]
    (error,) = (await desk.graphql(ENTITIES, {"of": of}, "PRIVACY:pia"))["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
