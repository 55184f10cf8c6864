"""Complaints come easily and travel: what the desk sees of them, and of praise, over GraphQL on a real Postgres."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from contracts.configuration import parse_configuration
from contracts.content import ContactContent, HandleContent, ReachContent
from contracts.stored import Committed
from contracts.vocabulary import (
    Channel,
    ContactKind,
    Direction,
    HandleAssurance,
    HandleKind,
    Visibility,
    system_actor,
)
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.attach_contact import AttachContact, attach_contact
from services.case.domain.policy import CasePolicy
from services.case.graphql.ids import IdType, encode
from tests.integration.graphql_stand import Desk, own_desk

CONFIGURATION = """
[[brands]]
ref = "shop"
name = "The Shop"
[[channel_accounts]]
channel = "instagram"
account = "shop-1"
brand = "shop"
secrets = { app_secret = "of a test" }
[staff_privacy]
group_size_min = 1
"""
SAID = """query($id: ID!) { case(by: { id: $id }) { priority awaitingUs
  contacts(first: 5) { nodes { class visibility reach { shares } } } } }"""
MENTIONS = "{ mentions(first: 10) { nodes { text outcome outcomeReason } } }"
REPORT = "{ report(kind: CLASSES) { groupSizeMin rows } }"


@pytest.fixture
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    policy = CasePolicy.of(parse_configuration(CONFIGURATION, {}, lambda path: path))
    async with own_desk(postgres_server, policy=policy) as running:
        yield running


async def commented(desk: Desk, text: str, shares: int) -> Committed:
    """Somebody says that below a post of ours, and so many pass it on within the hour."""
    desk.customers += 1
    now, new = SystemClock().now(), SystemIds().new
    author = HandleContent(HandleKind.INSTAGRAM, str(desk.customers))
    command = AttachContact(
        contact_id=new(),
        channel=Channel.INSTAGRAM,
        account="shop-1",
        kind=ContactKind.COMMENT,
        direction=Direction.INBOUND,
        visibility=Visibility.PUBLIC,
        assurance=HandleAssurance.PLATFORM,
        occurred_at=now,
        received_at=now,
        new_case_id=new(),
        new_customer_id=new(),
        brand="shop",
        content=ContactContent((author,), text=text, reach=ReachContent(now, shares=shares)),
    )
    how = desk.context(system_actor("channels"))
    return await attach_contact(command, how, record=desk.record, directory=desk.directory, policy=desk.policy)


async def data(desk: Desk, document: str, token: str, **variables: Any) -> Any:
    answer = await desk.graphql(document, variables, token)
    assert "errors" not in answer, answer
    return next(iter(answer["data"].values()))


async def test_s106_a_complaint_in_a_few_words_is_a_case_sooner_where_it_travels_and_praise_is_only_heard(
    desk: Desk,
) -> None:
    quiet = await commented(desk, "Weer te laat. Slecht!", 0)
    spread = await commented(desk, "Waardeloos, nooit meer!", 120)
    praise = await commented(desk, "Bedankt, top geregeld!", 3)

    cases = [encode(IdType.CASE, UUID(done.outcome["case_id"])) for done in (quiet, spread)]
    first, second = [await data(desk, SAID, "AGENT:anna", id=case_id) for case_id in cases]
    assert (first["priority"], first["awaitingUs"], second["priority"]) == ("NORMAL", True, "HIGH")
    for case in (first, second):
        assert [contact["class"] for contact in case["contacts"]["nodes"]] == ["COMPLAINT"]
    assert "mention_id" in praise.outcome
    (heard,) = (await data(desk, MENTIONS, "AGENT:anna"))["nodes"]
    assert (heard["text"], heard["outcome"]) == ("Bedankt, top geregeld!", "NO_REPLY")

    reply = {"caseId": cases[1], "visibility": "PRIVATE", "text": "We zoeken het uit en laten het je vandaag weten."}
    assert (await desk.do("CaseReply", **reply))["errors"] == []
    told = await data(desk, REPORT, "LEAD:lena")
    complaints, compliments = told["rows"]
    assert told["groupSizeMin"] == 1
    assert complaints.pop("answered_median_s") is not None
    assert complaints == {
        "class": "COMPLAINT",
        "said": 2,
        "share_permille": 667,
        "taken_up": 2,
        "passed_on_known": 2,
        "passed_on": 1,
        "suppressed": False,
    }
    assert (compliments["class"], compliments["taken_up"], compliments["passed_on"]) == ("COMPLIMENT", 0, 1)
