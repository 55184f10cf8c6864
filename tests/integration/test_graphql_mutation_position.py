"""A mutation waits for its place in the log only where somebody asks for that place."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from infra.embedded.postgres import EmbeddedPostgres
from tests.integration.graphql_stand import Desk, own_desk

NOTE = "mutation($input: CaseNoteAddInput!) { caseNoteAdd(input: $input) { note { text } %s errors { message } } }"


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as opened:
        yield opened


async def test_the_log_is_looked_at_only_where_the_position_is_asked_for(desk: Desk) -> None:
    case = await desk.opened()
    asked = {"caseId": case["id"], "text": "The carrier called."}
    desk.statements.clear()
    answer = await desk.graphql(NOTE % "", {"input": {**asked, "idempotencyKey": "one"}})
    assert answer["data"]["caseNoteAdd"] == {"note": {"text": asked["text"]}, "errors": []}
    assert "positions_of" not in desk.statements
    fragment = "...Placed"
    answer = await desk.graphql(
        NOTE % fragment + " fragment Placed on CaseNoteAddPayload { at: position }",
        {"input": {**asked, "idempotencyKey": "two"}},
    )
    assert desk.statements["positions_of"] >= 1
    assert int(answer["data"]["caseNoteAdd"]["at"]) > 0
