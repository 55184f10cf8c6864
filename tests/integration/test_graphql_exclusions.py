"""Who is kept from a customer, over GraphQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from contracts.vocabulary import id_of
from infra.clock import SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.graphql.ids import IdType, encode
from tests.integration.graphql_stand import Desk, own_desk
from tests.support.day import change

ANNA = "AGENT:anna"
ANNA_ID, BRAM_ID = (encode(IdType.AGENT, id_of("agent", ref)) for ref in ("anna", "bram"))


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


async def done(desk: Desk, operation: str, gives: str, token: str = ANNA, **fields: Any) -> dict[str, Any]:
    fields.setdefault("idempotencyKey", str(SystemIds().new()))
    answer = await desk.graphql(change(operation, gives), {"input": fields}, token)
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"][operation]
    return payload


def refusals(payload: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(error["code"], error["path"]) for error in payload["errors"]]


async def test_an_agent_is_kept_from_a_customer_and_it_can_be_taken_back(desk: Desk) -> None:
    case = await desk.opened("Not bram again")
    about = {"customerId": case["customer"]["id"], "agentId": BRAM_ID}
    gives = "customer { excludedAgents { ref } } version"
    kept = await done(desk, "customerAgentExclude", gives, **about)
    assert (kept["errors"], kept["customer"]["excludedAgents"]) == ([], [{"ref": "bram"}])
    back = await done(desk, "customerAgentExclude", gives, **about, excluded=False)
    assert back["customer"]["excludedAgents"] == []
    nobody = encode(IdType.AGENT, id_of("agent", "nobody"))
    missing = await done(desk, "customerAgentExclude", "version", **{**about, "agentId": nobody})
    assert refusals(missing) == [("NOT_FOUND", ["agentId"])]


async def test_who_declines_for_a_conflict_of_interest_is_kept_from_the_customer(desk: Desk) -> None:
    desk.customers += 1
    committed = await desk.whatsapp(f"+316{desk.customers:08}", "My neighbour works here")
    case_id = UUID(committed.outcome["case_id"])
    offer_id = encode(IdType.OFFER, await desk.offer(case_id, "anna", seconds=60))
    await done(desk, "offerDecline", "position", offerId=offer_id, reason="CONFLICT_OF_INTEREST")
    document = "query($id: ID!) { case(by: {id: $id}) { customer { excludedAgents { ref } } } }"
    seen = await desk.graphql(document, {"id": encode(IdType.CASE, case_id)}, ANNA)
    assert seen["data"]["case"]["customer"]["excludedAgents"] == [{"ref": "anna"}]


async def test_who_is_kept_from_a_customer_takes_no_case_of_whoever_the_customer_turns_out_to_be(desk: Desk) -> None:
    kept_from, other = await desk.opened("Not anna again"), await desk.opened("Me too, from another address")
    await done(desk, "customerAgentExclude", "version", customerId=kept_from["customer"]["id"], agentId=ANNA_ID)
    claimed = await done(desk, "caseClaim", "version", caseId=kept_from["id"])
    assert refusals(claimed) == [("FORBIDDEN", ["caseId"])]
    one = {"sourceId": other["customer"]["id"], "targetId": kept_from["customer"]["id"], "reason": "One person"}
    assert refusals(await done(desk, "customerMerge", "version", **one)) == []
    to_self = {"caseId": other["id"], "agentId": ANNA_ID, "reason": "I know it"}
    assert refusals(await done(desk, "caseTransfer", "version", **to_self)) == [("FORBIDDEN", ["caseId"])]
