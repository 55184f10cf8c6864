"""A complaint that everybody reads: nothing personal is said there, what is needed is asked in private, the press desk
says how the house puts it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from infra.clock import SystemIds
from tests.journeys.test_meta_brings_pages_and_instagram import ACCOUNT, INSTAGRAM, changed, messaging, sent, tell
from tests.support.graph_stand_in import GraphStandIn
from tests.support.shop import Shop
from tests.support.shop_configuration import CONFIGURATION

PRESS = """
[[teams]]
ref = "press"
name = "Press desk"

[[agents]]
ref = "petra"
name = "Petra Smit"
team = "press"
skills = ["public"]

[press_desk]
team = "press"

[[personas]]
brand = "shop"
channels = ["instagram"]
signature = "^{{initials}}"
"""
PERSON = "777000777000999"
ERRORS = "errors { code message ... on GuardRefusal { rule verdict confirmToken } }"
CONTACT = "contact { id text visibility deliveryStatus requestedBy { displayName } }"
REPLY = f"mutation($input: CaseReplyInput!) {{ caseReply(input: $input) {{ {CONTACT} {ERRORS} }} }}"
APPROVE = f"mutation($input: ContactApproveInput!) {{ contactApprove(input: $input) {{ {CONTACT} {ERRORS} }} }}"
LINE = f"mutation($input: CaseLineApproveInput!) {{ caseLineApprove(input: $input) {{ note {{ text }} {ERRORS} }} }}"
APPROVALS = "{ approvals(first: 50) { nodes { __typename id ... on Contact { text } } } }"


@pytest.fixture
async def graph() -> AsyncIterator[GraphStandIn]:
    stand_in = GraphStandIn()
    yield stand_in
    stand_in.close()


@pytest.fixture
async def careful_shop(tmp_path: Path, graph: GraphStandIn) -> AsyncIterator[Shop]:
    running = Shop(tmp_path, graph, configuration=CONFIGURATION + ACCOUNT % ("instagram", "ig-1") + PRESS)
    running.start()
    try:
        yield running
    finally:
        await running.http.aclose()
        running.stop()


async def asked(shop: Shop, token: str, document: str, **fields: Any) -> dict[str, Any]:
    fields = {"idempotencyKey": str(SystemIds().new()), **fields}
    answer = await shop.graphql(token, document, {"input": fields})
    assert "errors" not in answer, answer
    payload: dict[str, Any] = next(iter(answer["data"].values()))
    return payload


def rails(payload: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error["rule"], error["verdict"]) for error in payload["errors"]]


async def test_s007_s009_s067_s081_a_public_complaint_is_answered_with_care(
    careful_shop: Shop, graph: GraphStandIn
) -> None:
    shop = careful_shop
    anna, petra = await shop.online("anna"), await shop.online("petra")
    author = {"id": PERSON, "username": "someone.else"}
    value = {"id": "178500", "from": author, "media": {"id": "900"}, "text": "Never an answer, so disappointed"}
    assert (await tell(shop, "instagram/ig-1", changed(INSTAGRAM, "comments", value))).status_code == 200
    case = await shop.case_with_text("Never an answer, so disappointed")
    public = {"caseId": case["id"], "visibility": "PUBLIC"}

    spread = await asked(shop, anna, REPLY, **public, text="We call you at 06-12345678.")
    assert rails(spread) == [("public-personal-data", "BLOCK")]

    held = await asked(shop, anna, REPLY, **public, text="Sorry! We send you a message.")
    assert rails(held) == [("public-skill", "SECOND_PERSON")]
    assert held["contact"]["deliveryStatus"] == "HELD"
    (waiting,) = (await shop.graphql(petra, APPROVALS))["data"]["approvals"]["nodes"]
    assert (waiting["__typename"], waiting["text"]) == ("Contact", "Sorry! We send you a message.")
    approved = await asked(shop, petra, APPROVE, contactId=waiting["id"])
    assert (approved["errors"], approved["contact"]["requestedBy"]["displayName"]) == ([], "Anna de Vries")
    said = await sent(graph, "We send you a message.")
    assert (said.path, said.body["message"]) == ("/v23.0/178500/replies", "Sorry! We send you a message. ^AV")

    wrong_place = await asked(shop, anna, REPLY, **public, text="What is your order number?")
    assert rails(wrong_place) == [("data-asked-in-public", "WARN")]
    assert "PRIVATE" in wrong_place["errors"][0]["message"]
    aside = await asked(shop, anna, REPLY, caseId=case["id"], visibility="PRIVATE", text="What is your order number?")
    assert (aside["errors"], aside["contact"]["visibility"]) == ([], "PRIVATE")
    assert (await sent(graph, "What is your order number?")).body["recipient"] == {"comment_id": "178500"}

    entry = messaging(INSTAGRAM, PERSON, message={"mid": "aW_1", "text": "It is NL-2026-5521"})
    assert (await tell(shop, "instagram/ig-1", entry)).status_code == 200
    assert (await shop.case_with_text("It is NL-2026-5521"))["id"] == case["id"]
    told = await asked(shop, anna, REPLY, **public, text="We found nl20265521!")
    assert rails(told) == [("public-personal-data", "BLOCK")]
    blaming = {"caseId": case["id"], "visibility": "PRIVATE", "text": "It is not here: as I already said, tomorrow."}
    warned = await asked(shop, anna, REPLY, **blaming)
    assert rails(warned) == [("tone-blame", "WARN")]
    meant = await asked(shop, anna, REPLY, **blaming, confirmToken=warned["errors"][0]["confirmToken"])
    assert meant["errors"] == []

    line = "We stopped the sale and look into what happened."
    assert (await asked(shop, anna, LINE, caseId=case["id"], text=line))["errors"][0]["code"] == "FORBIDDEN"
    assert (await asked(shop, petra, LINE, caseId=case["id"], text=line))["note"]["text"] == line
    same = await asked(shop, anna, REPLY, **public, text=line)
    assert (same["errors"], same["contact"]["deliveryStatus"]) == ([], "REQUESTED")
    assert (await sent(graph, "We stopped the sale")).path == "/v23.0/178500/replies"

    types = [event["type"] for event in await shop.history(anna, case["id"])]
    expected = ("case.reply-held.v1", "case.reply-approved.v1", "case.warnings-confirmed.v1", "case.line-approved.v1")
    assert all(types.count(each) == 1 for each in expected)
    assert types.count("case.reply-guarded.v1") == 4
