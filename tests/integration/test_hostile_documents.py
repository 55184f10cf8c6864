"""Documents that were made to hurt: each is refused by counting, without a resolver or a statement being run.

After what GraphQL servers were hurt with: quadratic field merging, alias and fragment bombs, cycles, deep nesting.
Their time is the bench's matter; here it is the work that is counted.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from graphql import parse
from graphql.validation.rules import overlapping_fields_can_be_merged

from infra.embedded.postgres import EmbeddedPostgres
from services.case.graphql.documents import TOKENS_MAX
from services.case.graphql.schema import COMPARISONS_MAX
from tests.integration.graphql_stand import Desk, own_desk
from tests.support.hostile import HOSTILE


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_document_is_refused_and_nothing_of_it_is_executed(desk: Desk, name: str) -> None:
    before = desk.statements.total()
    answer = await desk.post({"query": HOSTILE[name]}, accept="application/graphql-response+json")
    assert answer.status_code in {400, 413}
    body = answer.json()
    assert "data" not in body
    codes = {error["extensions"]["code"] for error in body["errors"]}
    refusals = {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "COST_LIMIT_EXCEEDED", "PAYLOAD_TOO_LARGE"}
    assert codes <= refusals
    assert len(answer.content) < 64 * 1024
    assert desk.statements.total() == before


async def test_batches_are_not_taken(desk: Desk) -> None:
    answer = await desk.post([{"query": "{ viewer { id } }"}] * 50)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


def test_the_parser_stops_counting_at_its_limit() -> None:
    with pytest.raises(Exception, match="tokens"):
        parse("{ " + "a " * TOKENS_MAX + "}", max_tokens=TOKENS_MAX)


def test_comparing_fields_has_a_budget() -> None:
    assert overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET == COMPARISONS_MAX == 20_000
