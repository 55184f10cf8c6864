"""By which ways a case can be answered, on a real Postgres: as `caseReply` then decides."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs

from contracts.content import ContactContent, HandleContent
from contracts.vocabulary import Channel, HandleKind, RefusalCode, Visibility, system_actor
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.attach_contact import attach_contact
from services.case.domain.reply_options import reply_options
from services.case.graphql.ids import IdType, encode
from services.case.queries.contacts import inbound_of_cases
from services.case.queries.database import Database
from tests.integration.graphql_stand import Desk, own_desk
from tests.support.whatsapp_message import sent_by_whatsapp

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


async def test_s007_a_comment_that_was_answered_in_private_offers_no_second_private_answer(desk: Desk) -> None:
    told = sent_by_whatsapp("+31600000001", "Never an answer!")
    handle, public = HandleContent(HandleKind.INSTAGRAM, "7771"), {"account": "ig-1", "visibility": Visibility.PUBLIC}
    content = structs.replace(told.content or ContactContent(), handles=(handle,))
    told = structs.replace(told, channel=Channel.INSTAGRAM, content=content, **public)
    by = desk.context(system_actor("channels"))
    done = await attach_contact(told, by, record=desk.record, directory=desk.directory, policy=desk.policy)
    case = UUID(done.outcome["case_id"])
    way = {"caseId": encode(IdType.CASE, case), "visibility": "PRIVATE"}
    assert (await desk.do("CaseReply", "LEAD:lea", text="Which order?", **way))["errors"] == []
    again = await desk.do("CaseReply", "LEAD:lea", text="Hello?", **way)
    assert [each["code"] for each in again["errors"]] == ["CHANNEL_CANNOT_REPLY"]
    (known,) = (await inbound_of_cases(Database(desk.pool), [case]))[case]
    options = reply_options((known,), refused_because=None, at=SystemClock().now())
    assert [each.refused_because for each in options] == [None, RefusalCode.CHANNEL_CANNOT_REPLY]


async def test_the_options_of_many_cases_are_looked_up_together(desk: Desk) -> None:
    for _ in range(3):
        await desk.opened()
    desk.statements.clear()
    answer = await desk.graphql("{ cases(first: 10) { nodes { replyOptions { channel } } } }")
    assert "errors" not in answer, answer
    assert desk.statements["inbound_of_cases"] == 1
    assert desk.statements["handles_by_id"] == 1
