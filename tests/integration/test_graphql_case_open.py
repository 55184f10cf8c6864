"""Beginning a matter through the API, on a real Postgres."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from contracts.installation import MessageTemplate
from contracts.vocabulary import Channel, id_of
from infra.clock import SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.domain.policy import CasePolicy
from services.case.graphql import ids
from services.case.graphql.ids import IdType
from tests.integration.graphql_stand import Desk, own_desk

OPEN = """mutation($input: CaseOpenInput!) { caseOpen(input: $input) {
  case { id subject status waitingFor channels brand { ref } customer { id } replyOptions { allowed acceptsTemplates }
    history { nodes { type data } } }
  contact { text direction deliveryStatus visibility account { ref } handle { id } } version position
  errors { __typename code path } } }"""
PLACE = """mutation($input: RestrictionPlaceInput!) { restrictionPlace(input: $input) { errors { code } } }"""
HANDLES = "query($id: ID!) { customer(by: { id: $id }) { handles { id kind } } }"
TEMPLATES = "{ channelAccounts { ref templates { name language body category parameters } } }"
WABA = ids.encode(IdType.ACCOUNT, id_of("account", Channel.WHATSAPP, "waba-1"))
HELLO = MessageTemplate("hello", "nl", "Hallo {{1}}, kan ik helpen?", brand="shop")


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server, policy=CasePolicy(templates=(HELLO,))) as running:
        yield running


async def asked(desk: Desk, customer: str, first: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """As a client asks; by WhatsApp, where nothing else is said."""
    found = await desk.graphql(HANDLES, {"id": customer})
    handle = found["data"]["customer"]["handles"][0]["id"]
    message = {"accountId": WABA, "handleId": handle, "text": "Your parcel comes later.", "visibility": "PRIVATE"}
    return {
        "customer": {"id": customer},
        "firstMessage": {**message, **(first or {})},
        "basis": "CONTRACT",
        "idempotencyKey": str(SystemIds().new()),
        **changes,
    }


async def opened(desk: Desk, asking: dict[str, Any], token: str = "AGENT:anna") -> dict[str, Any]:
    answer = await desk.graphql(OPEN, {"input": asking}, token)
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"]["caseOpen"]
    return payload


async def test_a_matter_begins_with_case_contact_and_delivery_at_one_stroke(desk: Desk) -> None:
    customer = (await desk.opened())["customer"]["id"]
    asking = await asked(desk, customer, subject="Your order")
    done = await opened(desk, asking)
    assert done["errors"] == []
    case, contact = done["case"], done["contact"]
    assert (case["subject"], case["status"], case["waitingFor"]) == ("Your order", "WAITING", "CUSTOMER")
    assert (case["customer"]["id"], case["brand"], case["channels"]) == (customer, {"ref": "shop"}, ["WHATSAPP"])
    assert (contact["direction"], contact["deliveryStatus"], contact["text"]) == (
        "OUTBOUND", "REQUESTED", "Your parcel comes later.",
    )  # fmt: skip
    assert contact["handle"]["id"] == asking["firstMessage"]["handleId"]
    first = case["history"]["nodes"][0]
    assert (first["type"], first["data"]["basis"]) == ("case.opened.v1", "CONTRACT")
    assert done["version"] >= 3


async def test_asked_again_under_the_same_key_it_is_the_same_case(desk: Desk) -> None:
    asking = await asked(desk, (await desk.opened())["customer"]["id"])
    first, again = await opened(desk, asking), await opened(desk, asking)
    assert first["case"]["id"] == again["case"]["id"]
    other = await opened(desk, {**asking, "subject": "Something else"})
    assert [error["code"] for error in other["errors"]] == ["IDEMPOTENCY_MISMATCH"]


async def test_a_template_is_listed_filled_in_and_checked(desk: Desk) -> None:
    answer = await desk.graphql(TEMPLATES)
    assert answer["data"]["channelAccounts"] == [
        {
            "ref": "waba-1",
            "templates": [
                {"name": "hello", "language": "nl", "body": HELLO.body, "category": "UTILITY", "parameters": 1}
            ],
        }
    ]
    case = await desk.opened()
    customer = case["customer"]["id"]
    template = {"name": "hello", "language": "nl", "parameters": ["Sam"]}
    done = await opened(desk, await asked(desk, customer, {"text": None, "template": template}))
    assert (done["errors"], done["contact"]["text"]) == ([], "Hallo Sam, kan ik helpen?")
    bad = await asked(desk, customer, {"text": None, "template": {**template, "parameters": []}})
    (error,) = (await opened(desk, bad))["errors"]
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["firstMessage", "template", "parameters"])
    assert (await desk.do("CaseReply", caseId=case["id"], text=None, template=template))["errors"] == []


async def test_what_is_refused_names_the_field_and_opens_nothing(desk: Desk) -> None:
    customer = (await desk.opened())["customer"]["id"]
    before = await desk.pool.fetchval("SELECT count(*) FROM cases")
    without = {**await asked(desk, customer), "firstMessage": None}
    nobody = ids.encode(IdType.HANDLE, UUID(int=9))
    for asking, code, path in (
        (without, "INVALID_INPUT", ["subject"]),
        (await asked(desk, customer, {"handleId": nobody}), "NO_HANDLE_FOR_CHANNEL", ["firstMessage", "handleId"]),
        (await asked(desk, customer, {"handleId": "junk"}), "NOT_FOUND", ["firstMessage", "handleId"]),
        (await asked(desk, customer, {"visibility": "PUBLIC"}), "CHANNEL_CANNOT_REPLY", ["firstMessage", "visibility"]),
        (await asked(desk, customer, brandId="junk"), "NOT_FOUND", ["brandId"]),
    ):
        (error,) = (await opened(desk, asking))["errors"]
        assert (error["code"], error["path"]) == (code, path)
    assert await desk.pool.fetchval("SELECT count(*) FROM cases") == before


async def test_s083_s084_a_matter_is_opened_before_anybody_said_anything(desk: Desk) -> None:
    customer = (await desk.opened())["customer"]["id"]
    asking = {**await asked(desk, customer, subject="Recall of the kettle"), "firstMessage": None}
    done = await opened(desk, asking)
    assert (done["errors"], done["contact"]) == ([], None)
    case = done["case"]
    assert (case["subject"], case["status"], case["channels"]) == ("Recall of the kettle", "OPEN", [])
    assert case["customer"]["id"] == customer
    first = case["history"]["nodes"][0]
    assert (first["type"], first["data"]["basis"]) == ("case.opened.v1", "CONTRACT")
    assert (await opened(desk, asking))["case"]["id"] == case["id"]
    (refused,) = (await desk.do("CaseReply", caseId=case["id"], text="Hello"))["errors"]
    assert refused["code"] == "CHANNEL_CANNOT_REPLY"
    assert (await desk.do("CaseNoteAdd", caseId=case["id"], text="Call on Monday"))["errors"] == []
    told = await desk.pool.fetchval(
        "SELECT count(*) FROM es.events WHERE topic = 'case.transfer-requested.v1' AND stream_id = $1",
        ids.uuid_of(IdType.CASE, case["id"]),
    )
    assert told == 1
    assert (await opened(desk, {**asking, "customer": {"id": customer}, "basis": "CONSENT"}))["errors"] != []


async def test_who_objected_is_left_alone(desk: Desk) -> None:
    customer = (await desk.opened())["customer"]["id"]
    placing = {"customerId": customer, "kind": "OBJECTION", "reason": "no offers", "idempotencyKey": "objection-1"}
    await desk.graphql(PLACE, {"input": placing}, "PRIVACY:pia")
    (error,) = (await opened(desk, await asked(desk, customer, basis="LEGITIMATE_INTEREST")))["errors"]
    assert (error["__typename"], error["code"], error["path"]) == ("Refused", "CUSTOMER_RESTRICTED", ["basis"])
    assert (await opened(desk, await asked(desk, customer, basis="CUSTOMER_ASKED")))["errors"] == []


@pytest.mark.parametrize("token", ["AUDITOR:olga", "PRIVACY:pia", "ADMIN:ada"])
async def test_only_who_answers_customers_begins_a_matter(desk: Desk, token: str) -> None:
    asking = await asked(desk, (await desk.opened())["customer"]["id"])
    assert [error["code"] for error in (await opened(desk, asking, token))["errors"]] == ["FORBIDDEN"]
