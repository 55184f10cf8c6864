"""Messenger, a page's comments and Instagram, signed as Meta signs them, and the answers on their way back to Meta."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.graph_stand_in import GraphStandIn
from tests.support.platform_stand_in import Sent
from tests.support.shop import Shop, eventually
from tests.support.shop_configuration import APP_SECRET, CONFIGURATION

PAGE, INSTAGRAM = "111000111000111", "17840000000000001"
ACCOUNT = """
[[channel_accounts]]
channel = "%s"
account = "%s"
brand = "shop"
secrets = {{ app_secret = "{app_secret}", verify_token = "{verify_token}", access_token = "token-of-a-test" }}
api_base = "{api_base}"
"""
_numbers = count(1)


@pytest.fixture(scope="module")
async def graph() -> AsyncIterator[GraphStandIn]:
    stand_in = GraphStandIn()
    yield stand_in
    stand_in.close()


@pytest.fixture(scope="module")
async def meta_shop(tmp_path_factory: pytest.TempPathFactory, graph: GraphStandIn) -> AsyncIterator[Shop]:
    accounts = [("messenger", "page-1"), ("facebook", "page-1"), ("instagram", "ig-1")]
    configuration = CONFIGURATION + "".join(ACCOUNT % account for account in accounts)
    folder: Path = tmp_path_factory.mktemp("meta-shop")
    running = Shop(folder, graph, configuration=configuration)
    running.start()
    try:
        yield running
    finally:
        await running.http.aclose()
        running.stop()


@pytest.fixture
def person() -> str:
    """An id nobody had before."""
    return str(777000777000000 + next(_numbers))


async def tell(shop: Shop, path: str, entry: dict[str, Any], *, secret: str = APP_SECRET) -> httpx.Response:
    told = {"object": "instagram" if path.startswith("instagram") else "page", "entry": [entry]}
    raw = json.dumps(told).encode()
    signature = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "X-Hub-Signature-256": signature}
    return await shop.http.post(f"http://127.0.0.1:{shop.port + 1}/channels/{path}", content=raw, headers=headers)


def messaging(ours: str, person: str, **what: Any) -> dict[str, Any]:
    now = int(time.time() * 1000)
    event = {"sender": {"id": person}, "recipient": {"id": ours}, "timestamp": now, **what}
    return {"id": ours, "time": now, "messaging": [event]}


def changed(ours: str, field: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": ours, "time": int(time.time()), "changes": [{"field": field, "value": value}]}


async def sent(graph: GraphStandIn, text: str) -> Sent:
    async def look() -> Sent | None:
        said = [each for each in list(graph.sent) if text in json.dumps(each.body)]
        return said[-1] if said else None

    found = await eventually(look)
    assert found is not None
    return found


async def reply(shop: Shop, token: str, case: dict[str, Any], text: str, **wish: Any) -> dict[str, Any]:
    done = await shop.done(token, "CaseReply", caseId=case["id"], text=text, **wish)
    return dict(done["contact"])


async def delivered(shop: Shop, token: str, case: dict[str, Any], contact: dict[str, Any], status: str) -> None:
    async def look() -> str:
        contacts = (await shop.case(token, case["id"]))["contacts"]["nodes"]
        return next(str(each["deliveryStatus"]) for each in contacts if each["id"] == contact["id"])

    await eventually(look, lambda seen: seen == status)


async def test_s031_s021_a_messenger_message_becomes_a_case_and_its_answer_reaches_meta(
    meta_shop: Shop, graph: GraphStandIn, person: str
) -> None:
    anna = await meta_shop.online("anna")
    question, answer = f"Is my parcel lost, {person}?", f"It is at the door, {person}."
    entry = messaging(PAGE, person, message={"mid": f"m_{person}", "text": question})
    assert (await tell(meta_shop, "messenger/page-1", entry, secret="guessed")).status_code == 401
    for _ in range(3):
        assert (await tell(meta_shop, "messenger/page-1", entry)).status_code == 200
    case = await meta_shop.case_with_text(question)
    assert case["channels"] == ["MESSENGER"]

    contact = await reply(meta_shop, anna, case, answer)
    said = await sent(graph, answer)
    assert said.path == f"/v23.0/{PAGE}/messages"
    assert said.body["recipient"] == {"id": person}
    assert said.headers["authorization"] == "Bearer token-of-a-test"

    echo = {"mid": said.message_id, "text": answer, "is_echo": True, "metadata": said.body["message"]["metadata"]}
    back = messaging(PAGE, PAGE, message=echo, recipient={"id": person})
    assert (await tell(meta_shop, "messenger/page-1", back)).status_code == 200
    arrived = messaging(PAGE, person, delivery={"mids": [said.message_id], "watermark": int(time.time() * 1000)})
    assert (await tell(meta_shop, "messenger/page-1", arrived)).status_code == 200
    await delivered(meta_shop, anna, case, contact, "DELIVERED")
    contacts = (await meta_shop.case(anna, case["id"]))["contacts"]["nodes"]
    assert [each["text"] for each in contacts] == [question, answer]


async def test_s031_an_instagram_message_and_its_answer_stay_private(
    meta_shop: Shop, graph: GraphStandIn, person: str
) -> None:
    anna = await meta_shop.online("anna")
    question, answer = f"Do you have it in blue, {person}?", f"We do, {person}!"
    entry = messaging(INSTAGRAM, person, message={"mid": f"aW_{person}", "text": question})
    assert (await tell(meta_shop, "instagram/ig-1", entry)).status_code == 200
    case = await meta_shop.case_with_text(question)
    contact = await reply(meta_shop, anna, case, answer)
    assert (contact["channel"], contact["visibility"]) == ("INSTAGRAM", "PRIVATE")
    said = await sent(graph, answer)
    assert (said.path, said.body["recipient"]) == (f"/v23.0/{INSTAGRAM}/messages", {"id": person})


async def test_s007_a_public_complaint_is_answered_in_public_and_settled_in_private_in_one_case(
    meta_shop: Shop, graph: GraphStandIn, person: str
) -> None:
    anna = await meta_shop.online("anna")
    complaint, comment_id = f"Never an answer here, {person}", f"178{person}"
    author = {"id": person, "username": f"someone.{person}"}
    value = {"id": comment_id, "from": author, "media": {"id": "900"}, "text": complaint}
    assert (await tell(meta_shop, "instagram/ig-1", changed(INSTAGRAM, "comments", value))).status_code == 200
    case = await meta_shop.case_with_text(complaint)

    said_to_all = "Sorry to read that! We send you a message."
    refused = await meta_shop.do(anna, "CaseReply", caseId=case["id"], text=said_to_all)
    assert [error["code"] for error in refused["errors"]] == ["VISIBILITY_REQUIRED"]
    public = await reply(meta_shop, anna, case, said_to_all, visibility="PUBLIC")
    assert public["visibility"] == "PUBLIC"
    said = await sent(graph, "We send you a message.")
    assert (said.path, list(said.body)) == (f"/v23.0/{comment_id}/replies", ["message"])

    aside = await reply(meta_shop, anna, case, f"Which order is it, {person}?", visibility="PRIVATE")
    assert aside["visibility"] == "PRIVATE"
    said = await sent(graph, f"Which order is it, {person}?")
    assert said.body["recipient"] == {"comment_id": comment_id}

    order = f"NL-2026-{person[-6:]}"
    told = f"It is order {order}"
    entry = messaging(INSTAGRAM, person, message={"mid": f"aW_{person}", "text": told})
    assert (await tell(meta_shop, "instagram/ig-1", entry)).status_code == 200
    again = await meta_shop.case_with_text(told)
    assert again["id"] == case["id"]
    comment = again["contacts"]["nodes"][0]
    spread = await meta_shop.do(
        anna, "CaseReply", caseId=case["id"], text=f"We found {order}!", visibility="PUBLIC", inReplyTo=comment["id"]
    )
    assert [(error["code"], error["path"]) for error in spread["errors"]] == [("PUBLIC_PERSONAL_DATA", ["text"])]
    await reply(meta_shop, anna, case, f"Solved, {person}.")
    assert (await sent(graph, f"Solved, {person}.")).body["recipient"] == {"id": person}


async def test_s031_what_meta_tells_of_a_page_at_messengers_address_comes_in_as_the_pages(
    meta_shop: Shop, graph: GraphStandIn, person: str
) -> None:
    anna = await meta_shop.online("anna")
    said_by_customer, comment_id = f"Closed on Sunday, {person}?", f"500_{person}"
    value = {
        "item": "comment",
        "verb": "add",
        "comment_id": comment_id,
        "post_id": f"{PAGE}_500",
        "parent_id": f"{PAGE}_500",
        "created_time": int(time.time()),
        "from": {"id": person, "name": "Sam"},
        "message": said_by_customer,
    }
    assert (await tell(meta_shop, "messenger/page-1", changed(PAGE, "feed", value))).status_code == 200
    case = await meta_shop.case_with_text(said_by_customer)
    assert case["channels"] == ["FACEBOOK"]
    await reply(meta_shop, anna, case, f"Open from noon, {comment_id}.", visibility="PUBLIC")
    said = await sent(graph, f"Open from noon, {comment_id}.")
    assert said.path == f"/v23.0/{comment_id}/comments"


async def test_what_meta_refuses_is_shown_with_its_reason(meta_shop: Shop, graph: GraphStandIn, person: str) -> None:
    anna = await meta_shop.online("anna")
    question = f"Hello, {person}"
    entry = messaging(PAGE, person, message={"mid": f"m_{person}", "text": question})
    assert (await tell(meta_shop, "messenger/page-1", entry)).status_code == 200
    case = await meta_shop.case_with_text(question)
    graph.closed.add(person)
    contact = await reply(meta_shop, anna, case, f"Too late, {person}")
    await delivered(meta_shop, anna, case, contact, "FAILED")
