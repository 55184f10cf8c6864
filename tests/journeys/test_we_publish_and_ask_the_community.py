"""We say something to everybody, from draft to post to what people say beneath it, in the tool that answers them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.vocabulary import Channel
from infra.clock import SystemClock
from tests.support.graph_stand_in import GraphStandIn
from tests.support.platform_stand_in import Sent
from tests.support.publishing import (
    FACEBOOK,
    OUR_X,
    PAGE,
    X,
    account,
    answered,
    comment,
    decide,
    draft,
    in_state,
    posted,
    published,
    tell_facebook,
    tell_x,
)
from tests.support.shop import Shop, eventually
from tests.support.shop_configuration import CONFIGURATION
from tests.support.x_stand_in import TOKEN, XStandIn

NOW = SystemClock().now
MENTIONS = "{ mentions(first: 100) { nodes { text } } }"


@pytest.fixture(scope="module")
async def graph() -> AsyncIterator[GraphStandIn]:
    stand_in = GraphStandIn()
    yield stand_in
    stand_in.close()


@pytest.fixture(scope="module")
async def x() -> AsyncIterator[XStandIn]:
    stand_in = XStandIn()
    yield stand_in
    stand_in.close()


@pytest.fixture(scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory, graph: GraphStandIn, x: XStandIn) -> AsyncIterator[Shop]:
    on_x = X % {"token": TOKEN, "url": x.url}
    folder: Path = tmp_path_factory.mktemp("publishing-shop")
    running = Shop(folder, graph, configuration=CONFIGURATION + FACEBOOK + on_x)
    running.start()
    try:
        yield running
    finally:
        await running.http.aclose()
        running.stop()


async def test_s089_a_post_of_ours_leaves_once_another_person_agrees_and_its_answers_are_joined_with_it(
    stage: Shop, graph: GraphStandIn
) -> None:
    anna, lena = await stage.online("anna"), await stage.token("lead", "lena")
    text = "From Monday on we deliver on Sundays, too."
    drafted = (await draft(stage, anna, text))["publication"]
    assert (drafted["state"], drafted["requestedBy"]["displayName"]) == ("AWAITING_APPROVAL", "Anna de Vries")
    mine = await decide(stage, anna, "Approve", drafted["id"])
    assert [error["code"] for error in mine["errors"]] == ["FORBIDDEN"]
    assert posted(graph, text) == []

    assert (await decide(stage, lena, "Approve", drafted["id"]))["errors"] == []
    stands = await in_state(stage, anna, drafted["id"], "PUBLISHED")
    (sent,) = posted(graph, text)
    assert (sent.path, sent.body) == (f"/v23.0/{PAGE}/feed", {"message": text})
    assert stands["url"] == f"https://www.facebook.com/{sent.message_id}"
    assert stands["publishedAt"] is not None
    late = await decide(stage, anna, "Cancel", drafted["id"])
    assert [(error["code"], error["path"]) for error in late["errors"]] == [("INVALID_INPUT", ["publicationId"])]

    ours = {"id": PAGE, "name": "The Shop"}
    await tell_facebook(stage, {"item": "status", "post_id": sent.message_id, "from": ours, "message": text})
    question = await comment(stage, str(sent.message_id), "Does that also hold for the islands?")
    await comment(stage, str(sent.message_id), "And for Texel, where I live?", beneath=question)
    await comment(stage, str(sent.message_id), "Great, thanks, love it!")
    stands = await answered(stage, anna, drafted["id"], 3)
    kinds = {node["text"]: node["__typename"] for node in stands["answers"]["nodes"]}
    assert kinds == {
        "Does that also hold for the islands?": "Contact",
        "And for Texel, where I live?": "Contact",
        "Great, thanks, love it!": "Mention",
    }
    assert (stands["answerSummary"]["answers"], stands["answerSummary"]["mentions"]) == (3, 1)
    assert stands["answerSummary"]["positive"] == 1

    heard = await stage.graphql(lena, MENTIONS)
    assert text not in [node["text"] for node in heard["data"]["mentions"]["nodes"]]
    case = await stage.case_with_text("Does that also hold for the islands?")
    reply = await stage.done(anna, "CaseReply", caseId=case["id"], text="It does!", visibility="PUBLIC")
    assert reply["contact"]["visibility"] == "PUBLIC"
    await eventually(lambda: _sent_beneath(graph, question))
    assert len(posted(graph, text)) == 1


async def _sent_beneath(graph: GraphStandIn, comment_id: str) -> list[Sent]:
    return [each for each in list(graph.sent) if each.path == f"/v23.0/{comment_id}/comments"]


async def test_s094_what_the_community_answers_is_heard_and_what_asks_something_of_us_is_a_case(
    stage: Shop, graph: GraphStandIn
) -> None:
    anna = await stage.online("anna")
    question = "Which neighbourhood is to have our next shop?"
    asked = await published(stage, anna, question, asksCommunity=True)
    (sent,) = posted(graph, question)
    post_id = str(sent.message_id)
    await comment(stage, post_id, "De Pijp of course")
    idea = await comment(stage, post_id, "You should add a coffee corner")
    await comment(stage, post_id, "That would suit Noord as well", beneath=idea)
    await comment(stage, post_id, "My parcel is broken and nobody answers, terrible!")
    stands = await answered(stage, anna, asked["id"], 4)
    by_text = {node["text"]: node for node in stands["answers"]["nodes"]}
    assert {text: node["__typename"] for text, node in by_text.items()} == {
        "De Pijp of course": "Mention",
        "You should add a coffee corner": "Mention",
        "That would suit Noord as well": "Mention",
        "My parcel is broken and nobody answers, terrible!": "Contact",
    }
    assert by_text["De Pijp of course"]["outcomeReason"].endswith("it answers what we asked everybody")
    summary = stands["answerSummary"]
    assert (summary["answers"], summary["mentions"], summary["negative"]) == (4, 3, 1)
    assert summary["firstAt"] is not None
    classes = {each["class"]: (each["answers"], each["mentions"]) for each in summary["byClass"]}
    assert classes["PRODUCT_TIP"] == (1, 1)
    assert classes["COMPLAINT"] == (1, 0)


async def test_s094_the_same_words_beneath_what_asks_nobody_are_a_case(stage: Shop, graph: GraphStandIn) -> None:
    anna = await stage.online("anna")
    told = await published(stage, anna, "Our shop in the centre is open again.")
    (sent,) = posted(graph, "open again")
    await comment(stage, str(sent.message_id), "Noord of course")
    stands = await answered(stage, anna, told["id"], 1)
    assert [node["__typename"] for node in stands["answers"]["nodes"]] == ["Contact"]


async def test_s089_a_post_on_x_leaves_at_its_time_and_its_replies_are_joined_with_it(stage: Shop, x: XStandIn) -> None:
    anna, lena = await stage.online("anna"), await stage.token("lead", "lena")
    text, at = "New: parcels in paper.", NOW() + timedelta(seconds=4)
    on_x = account(Channel.X, "shop")
    drafted = (await draft(stage, anna, text, accountId=on_x, publishAt=at.isoformat()))["publication"]
    approved = await decide(stage, lena, "Approve", drafted["id"])
    assert (approved["errors"], approved["publication"]["state"]) == ([], "SCHEDULED")
    assert posted(x, text) == []
    stands = await in_state(stage, anna, drafted["id"], "PUBLISHED")
    assert NOW() >= at
    (sent,) = posted(x, text)
    assert (sent.path, sent.body) == ("/2/tweets", {"text": text})
    assert stands["url"] == f"https://x.com/i/status/{sent.message_id}"

    await tell_x(stage, "post.create", {"id": sent.message_id, "text": text, "author_id": OUR_X})
    reply = {
        "id": "2099000000000000001",
        "text": "@shop Why not sooner?",
        "author_id": "2222222222222222222",
        "in_reply_to_tweet_id": sent.message_id,
        "in_reply_to_user_id": OUR_X,
    }
    await tell_x(stage, "post.reply.create", reply)
    stands = await answered(stage, anna, drafted["id"], 1)
    assert [(node["__typename"], node["text"]) for node in stands["answers"]["nodes"]] == [
        ("Contact", "@shop Why not sooner?")
    ]


async def test_s089_what_its_platform_refuses_is_shown_with_its_reason(stage: Shop, x: XStandIn) -> None:
    anna, lena = await stage.online("anna"), await stage.token("lead", "lena")
    on_x, text = account(Channel.X, "shop"), "We are open tomorrow."
    await published(stage, anna, text, accountId=on_x)
    again = (await draft(stage, anna, text, accountId=on_x))["publication"]
    assert (await decide(stage, lena, "Approve", again["id"]))["errors"] == []
    failed = await in_state(stage, anna, again["id"], "FAILED")
    assert "duplicate" in failed["failure"]["message"]
    assert failed["url"] is None


async def test_s089_what_must_not_be_said_to_everybody_or_cannot_be_stays_here(
    stage: Shop, graph: GraphStandIn, x: XStandIn
) -> None:
    anna, lena = await stage.online("anna"), await stage.token("lead", "lena")
    named = await draft(stage, anna, "Thanks to sam@example.com for the idea.")
    assert [(error["code"], error["path"]) for error in named["errors"]] == [("PUBLIC_PERSONAL_DATA", ["text"])]
    shouted = "COME TODAY AND EVERYBODY GETS SOMETHING"
    warned = await draft(stage, anna, shouted)
    assert [(error["code"], error["rule"]) for error in warned["errors"]] == [("GUARD_WARNING", "tone-shouting")]
    confirmed = await draft(stage, anna, shouted, confirmToken=warned["errors"][0]["confirmToken"])
    assert confirmed["publication"]["state"] == "AWAITING_APPROVAL"
    declined = await decide(stage, lena, "Decline", confirmed["publication"]["id"], reason="Not so loud")
    assert (declined["publication"]["state"], declined["publication"]["declineReason"]) == ("DECLINED", "Not so loud")

    form = await draft(stage, anna, "Hello", accountId=account(Channel.FORM, "website"))
    (error,) = form["errors"]
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["accountId"])
    assert error["message"] == "form carries no posts of our own; these do: facebook, x"
    long = await draft(stage, anna, "ü" * 281, accountId=account(Channel.X, "shop"))
    assert [(error["code"], error["path"]) for error in long["errors"]] == [("TEXT_TOO_LONG", ["text"])]
    far = (NOW() + timedelta(days=91)).isoformat()
    late = await draft(stage, anna, "Hello", publishAt=far)
    assert [(error["code"], error["path"]) for error in late["errors"]] == [("INVALID_INPUT", ["publishAt"])]

    taken_back = (await draft(stage, anna, "Never said."))["publication"]
    assert (await decide(stage, anna, "Cancel", taken_back["id"]))["publication"]["state"] == "CANCELLED"
    refused = await decide(stage, lena, "Approve", taken_back["id"])
    assert [error["code"] for error in refused["errors"]] == ["NOT_AWAITING_APPROVAL"]
    assert posted(graph, "Never said.") == posted(graph, shouted) == []


async def test_s089_s094_what_was_said_and_answered_is_reported_and_verifies(stage: Shop, graph: GraphStandIn) -> None:
    anna = await stage.online("anna")
    asked = await published(stage, anna, "What would you like to smell in our shops?", asksCommunity=True)
    (sent,) = posted(graph, "to smell")
    await comment(stage, str(sent.message_id), "Coffee")
    await answered(stage, anna, asked["id"], 1)
    told = json.loads(stage.eender("report", "publications", "--json").stdout)
    (question,) = [row for row in told["rows"] if row["asks_community"]]
    assert (question["brand"], question["channel"], question["suppressed"]) == ("shop", "FACEBOOK", True)
    assert question["answers"] is None, "one person wrote them all"
    assert stage.eender("verify", check=False).returncode == 0
