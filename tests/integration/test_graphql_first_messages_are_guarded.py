"""First messages on their way past the guard rails, through the API on a real Postgres."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from contracts.vocabulary import Channel, id_of
from infra.clock import SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.domain.guards.policy import GuardPolicy
from services.case.domain.policy import CasePolicy
from services.case.graphql import ids
from services.case.graphql.ids import IdType
from tests.integration.graphql_stand import Desk, own_desk
from tests.integration.guards_stand import APPROVALS, DECIDE, ERRORS

OPEN = f"""mutation($input: CaseOpenInput!) {{ caseOpen(input: $input) {{
  case {{ id status waitingFor }} contact {{ id text deliveryStatus }} {ERRORS} }} }}"""
HANDLES = "query($id: ID!) { customer(by: { id: $id }) { version handles { id kind } } }"
UPDATE = "mutation($input: CustomerUpdateInput!) { customerUpdate(input: $input) { errors { code } } }"
WABA = ids.encode(IdType.ACCOUNT, id_of("account", Channel.WHATSAPP, "waba-1"))
RULES = {"tone-advertising": "block", "tone-shouting": "second-person"}
POLICY = CasePolicy(guards=GuardPolicy(every=RULES, secret=b"s" * 32))  # type: ignore[arg-type]  # names of rules
SOLD, SHOUTED, BLAMED = "Koop nu!", "PLEASE READ OUR TERMS first", "That is your own fault."
GUARDED = """SELECT e.version, convert_from(e.clear, 'UTF8') AS clear FROM es.events AS e
WHERE e.topic = 'customer.first-message-guarded.v1' AND e.stream_id = $1 ORDER BY e.version"""


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server, policy=POLICY) as running:
        yield running


async def customer_of(desk: Desk) -> str:
    return str((await desk.opened())["customer"]["id"])


async def opened(desk: Desk, customer: str, text: str, **changes: Any) -> dict[str, Any]:
    found = await desk.graphql(HANDLES, {"id": customer})
    handle = found["data"]["customer"]["handles"][0]["id"]
    asking = {
        "customer": {"id": customer},
        "firstMessage": {"accountId": WABA, "handleId": handle, "text": text, "visibility": "PRIVATE"},
        "basis": "CONTRACT",
        "idempotencyKey": str(SystemIds().new()),
    }
    answer = await desk.graphql(OPEN, {"input": {**asking, **changes}}, "AGENT:anna")
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"]["caseOpen"]
    return payload


async def on_record(desk: Desk, customer: str) -> list[dict[str, Any]]:
    rows = await desk.pool.fetch(GUARDED, ids.uuid_of(IdType.CUSTOMER, customer))
    return [json.loads(row["clear"]) for row in rows]


async def test_a_blocked_first_message_begins_no_case_and_is_on_the_customers_record(desk: Desk) -> None:
    customer = await customer_of(desk)
    before = await desk.pool.fetchval("SELECT count(*) FROM cases")
    key = str(SystemIds().new())
    for _ in range(2):
        done = await opened(desk, customer, SOLD, idempotencyKey=key)
        (error,) = done["errors"]
        assert (error["code"], error["rule"], error["path"]) == (
            "GUARD_BLOCKED", "tone-advertising", ["firstMessage", "text"],
        )  # fmt: skip
        assert (done["case"], done["contact"], error["confirmToken"]) == (None, None, None)
    assert await desk.pool.fetchval("SELECT count(*) FROM cases") == before
    (fact,) = await on_record(desk, customer)
    assert (fact["agent_ref"], fact["channel"], fact["visibility"]) == ("anna", "WHATSAPP", "PRIVATE")
    assert [(each["rule"], each["verdict"]) for each in fact["findings"]] == [("tone-advertising", "BLOCK")]
    assert SOLD not in json.dumps(fact)


async def test_a_first_message_that_is_warned_of_leaves_when_that_is_confirmed(desk: Desk) -> None:
    customer = await customer_of(desk)
    key = str(SystemIds().new())
    warned = await opened(desk, customer, BLAMED, idempotencyKey=key)
    (error,) = warned["errors"]
    assert (error["code"], error["rule"], warned["case"]) == ("GUARD_WARNING", "tone-blame", None)
    other = await opened(desk, await customer_of(desk), BLAMED, confirmToken=error["confirmToken"])
    assert [each["code"] for each in other["errors"]] == ["GUARD_WARNING"], "it is for somebody else"
    done = await opened(desk, customer, BLAMED, idempotencyKey=key, confirmToken=error["confirmToken"])
    assert (done["errors"], done["contact"]["deliveryStatus"]) == ([], "REQUESTED")
    assert [each["findings"][0]["verdict"] for each in await on_record(desk, customer)] == ["WARN"]


async def test_a_first_message_that_is_held_waits_in_its_case_and_leaves_when_approved(desk: Desk) -> None:
    customer = await customer_of(desk)
    held = await opened(desk, customer, SHOUTED)
    assert [(each["code"], each["verdict"]) for each in held["errors"]] == [("GUARD_SECOND_PERSON", "SECOND_PERSON")]
    assert (held["contact"]["deliveryStatus"], held["case"]["waitingFor"]) == ("HELD", "APPROVAL")
    waiting = await desk.graphql(APPROVALS, {}, "LEAD:lea")
    assert held["contact"]["id"] in {each["id"] for each in waiting["data"]["approvals"]["nodes"]}
    deciding = {"contactId": held["contact"]["id"], "idempotencyKey": str(SystemIds().new())}
    done = (await desk.graphql(DECIDE["Approve"], {"input": deciding}, "LEAD:lea"))["data"]["contactApprove"]
    assert (done["errors"], done["contact"]["deliveryStatus"]) == ([], "REQUESTED")
    assert (done["case"]["status"], done["case"]["waitingFor"]) == ("WAITING", "CUSTOMER")
    assert await on_record(desk, customer) == [], "it is on its case's record"


async def test_a_refused_first_message_leaves_what_a_screen_knows_of_the_customer_as_it_is(desk: Desk) -> None:
    customer = await customer_of(desk)
    version = (await desk.graphql(HANDLES, {"id": customer}))["data"]["customer"]["version"]
    assert (await opened(desk, customer, SOLD))["errors"] != []
    asked = {"customerId": customer, "name": "Kim", "expectedVersion": version, "idempotencyKey": "known-before"}
    done = await desk.graphql(UPDATE, {"input": asked}, "AGENT:anna")
    assert done["data"]["customerUpdate"]["errors"] == []
    assert msgspec.json.encode(await on_record(desk, customer)) != b"[]"
