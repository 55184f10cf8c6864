"""By which ways a case can be answered, on a real Postgres: as `caseReply` then decides."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from tests.integration.graphql_stand import Desk, own_desk

OPTIONS = """query($id: ID!) { case(by: { id: $id }) { replyOptions { account { id ref } handle { id value masked }
  channel visibilities allowed refusedBecause windowEndsAt maxLength lengthUnit acceptsHtml attachmentTypes } } }"""
PLACE = """mutation($input: RestrictionPlaceInput!) { restrictionPlace(input: $input) { errors { code } } }"""


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


async def options(desk: Desk, case: dict[str, Any], token: str = "AGENT:anna") -> list[dict[str, Any]]:
    answer = await desk.graphql(OPTIONS, {"id": case["id"]}, token)
    assert "errors" not in answer, answer
    found: list[dict[str, Any]] = answer["data"]["case"]["replyOptions"]
    return found


async def test_an_open_way_is_offered_and_taken(desk: Desk) -> None:
    case = await desk.opened()
    (option,) = await options(desk, case)
    assert (option["channel"], option["account"]["ref"], option["visibilities"]) == ("WHATSAPP", "waba-1", ["PRIVATE"])
    assert (option["allowed"], option["refusedBecause"]) == (True, None)
    assert (option["maxLength"], option["lengthUnit"]) == (4096, "CHARACTERS")
    assert option["windowEndsAt"] > SystemClock().now().isoformat()
    way = {"accountId": option["account"]["id"], "handleId": option["handle"]["id"], "visibility": "PRIVATE"}
    done = await desk.do("CaseReply", caseId=case["id"], text="Tomorrow.", **way)
    assert (done["errors"], done["contact"]["deliveryStatus"]) == ([], "REQUESTED")


async def test_a_way_that_is_closed_says_what_an_answer_would_be_refused_for(desk: Desk) -> None:
    case = await desk.opened()
    placing = {"customerId": case["customer"]["id"], "kind": "RESTRICTION", "reason": "contested"}
    await desk.graphql(PLACE, {"input": {**placing, "idempotencyKey": str(SystemIds().new())}}, "PRIVACY:pia")
    (option,) = await options(desk, case)
    refused = await desk.do("CaseReply", caseId=case["id"], text="Tomorrow.")
    assert (option["allowed"], option["refusedBecause"]) == (False, refused["errors"][0]["code"])
    assert option["refusedBecause"] == "CUSTOMER_RESTRICTED"


async def test_a_resolved_case_is_answered_by_no_way(desk: Desk) -> None:
    case = await desk.opened()
    await desk.do("CaseResolve", caseId=case["id"], outcome="SOLVED")
    assert [each["refusedBecause"] for each in await options(desk, case)] == ["CASE_RESOLVED"]


async def test_an_auditor_sees_a_masked_address(desk: Desk) -> None:
    (option,) = await options(desk, await desk.opened(), "AUDITOR:olga")
    assert option["handle"]["value"] is None
    assert "•" in option["handle"]["masked"]


async def test_the_options_of_many_cases_are_looked_up_together(desk: Desk) -> None:
    for _ in range(3):
        await desk.opened()
    desk.statements.clear()
    answer = await desk.graphql("{ cases(first: 10) { nodes { replyOptions { channel } } } }")
    assert "errors" not in answer, answer
    assert desk.statements["inbound_of_cases"] == 1
    assert desk.statements["handles_by_id"] == 1
