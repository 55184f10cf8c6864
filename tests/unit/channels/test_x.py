"""What X tells, in our words; and that nothing is said in public that nobody called for."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from contracts.content import HandleContent, ReachContent
from contracts.vocabulary import Channel, ContactKind, DeliveryStatus, Direction, HandleKind, Refusal, Visibility
from services.channels.domain.inbound import ContactArrived, ContactRemoved, Ignored, Inbound, StatusReported
from services.channels.domain.outbound import (
    CallResult,
    OutcomeLost,
    Reply,
    SendRefused,
    SendTarget,
    TakenOver,
    TryLater,
)
from services.channels.providers import x, x_replies
from services.channels.providers.json_values import COUNT_MAX
from tests.unit.channels import x_payloads as told
from tests.unit.channels.in_memory import NOW, REPLY_ID, raw_of

SAM = HandleContent(kind=HandleKind.X, value=told.SAM, display="@samv")
TARGET = SendTarget(api_base="https://x.example/", sender_id=told.US, secrets={"access_token": "token"})


def parsed(payload: dict[str, Any]) -> list[Inbound]:
    return list(x.parse(raw_of(json.dumps(payload).encode(), channel=Channel.X), region="NL").items)


def arrived(payload: dict[str, Any]) -> ContactArrived:
    (item,) = parsed(payload)
    assert isinstance(item, ContactArrived)
    return item


def test_a_post_that_names_us_is_a_public_mention_of_its_author() -> None:
    item = arrived(told.posts(told.post("Where is it, @shop? &lt;angry&gt;")))
    assert (item.external_id, item.kind, item.visibility) == (told.POST_ID, ContactKind.MENTION, Visibility.PUBLIC)
    assert item.occurred_at == datetime.fromtimestamp(int(told.AT_MS) / 1000, tz=UTC)
    assert (item.language, item.flags) == ("nl", ())
    assert item.content.handles == (SAM,)
    assert (item.content.sender_name, item.content.text) == ("Sam Visser", "Where is it, @shop? <angry>")
    assert item.content.reach == ReachContent(NOW, followers=97)
    assert item.content.url == f"https://x.com/i/status/{told.POST_ID}"


def test_how_a_post_was_met_is_told_in_either_form() -> None:
    post = told.post("hey @shop", favorite_count=4, retweet_count=2)
    assert arrived(told.posts(post)).content.reach == ReachContent(NOW, followers=97, shares=2, likes=4)
    telling: dict[str, Any] = deepcopy(told.MENTION)
    telling["data"]["payload"]["public_metrics"] = {"impression_count": 2**40, "like_count": -1, "retweet_count": 2}
    assert arrived(telling).content.reach == ReachContent(NOW, followers=97, views=COUNT_MAX, shares=2)


def test_both_forms_of_a_mention_say_the_same() -> None:
    old, new = arrived(told.posts(told.post("hey @shop", lang="und", timestamp_ms=None))), arrived(told.MENTION)
    assert new == old


def test_a_long_post_is_read_whole() -> None:
    long = told.post("Where is…", truncated=True, extended_tweet={"full_text": "Where is everything?"})
    assert arrived(told.posts(long)).content.text == "Where is everything?"
    noted = told.event("post.mention.create", told.new_post(note_tweet={"text": "Where is everything?"}))
    assert arrived(noted).content.text == "Where is everything?"


def test_an_answer_to_a_post_of_ours_is_a_comment_below_it() -> None:
    answer = told.post(in_reply_to_status_id_str="2060000000000000000", in_reply_to_user_id_str=told.US)
    for payload in (told.posts(answer), told.REPLY):
        item = arrived(payload)
        assert (item.kind, item.in_reply_to) == (ContactKind.COMMENT, "2060000000000000000")


def test_who_talks_about_us_without_calling_us_did_not_summon_us() -> None:
    aside = told.post("That shop again", entities={"user_mentions": []})
    assert arrived(told.posts(aside)).flags == ("not-summoned",)
    found = told.event("post.create", told.new_post("That shop again"))
    assert arrived(found).flags == ("not-summoned",)
    quoted = told.post(entities={}, quoted_status={"user": {"id_str": told.US}}, quoted_status_id_str="2")
    assert arrived(told.posts(quoted)).flags == ()
    assert arrived(told.QUOTE).in_reply_to == "2060000000000000000"


def test_a_direct_message_is_private_and_its_id_is_no_posts() -> None:
    for payload in (told.messages(told.message("Order 7")), told.RECEIVED):
        item = arrived(payload)
        assert (item.external_id, item.visibility) == (f"dm:{told.DM_ID}", Visibility.PRIVATE)
        assert item.content.handles == (SAM,)


def test_a_message_nobody_here_can_open_is_still_somebody_who_waits() -> None:
    item = arrived(told.SECRET_CHAT)
    assert (item.flags, item.content.text) == (("encrypted",), None)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (told.posts(told.post(user=told.user(told.US))), "own-post"),
        (told.posts(told.post(retweeted_status={"id_str": "1"})), "repost"),
        (
            told.posts(
                told.post(user=told.user(told.US), in_reply_to_status_id_str="1", retweeted_status={"id_str": "2"})
            ),
            "own-post",
        ),
        (told.event("post.create", told.new_post(author=told.US)), "own-post"),
        (told.event("post.delete", {"id": "1", "author_id": told.US}), "own-post"),
        (told.event("dm.sent", {}), "own-echo"),
        (told.event("like.create", {}), "other-activity"),
        ({"for_user_id": told.US, "favorite_events": []}, "other-activity"),
        ({"hello": 1}, "unknown-event"),
    ],
)
def test_our_own_words_and_mere_activity_ask_nothing_of_us(payload: dict[str, Any], reason: str) -> None:
    assert parsed(payload) == [Ignored(reason)]


def test_what_we_answered_in_xs_own_app_is_an_echo() -> None:
    ours = told.post("Sorry!", user=told.user(told.US), in_reply_to_status_id_str="2060000000000000000")
    new = told.new_post("Sorry!", author=told.US, in_reply_to_tweet_id="2060000000000000000")
    for payload in (told.posts(ours), told.event("post.create", new)):
        item = arrived(payload)
        assert (item.direction, item.visibility) == (Direction.OUTBOUND, Visibility.PUBLIC)
        assert (item.external_id, item.in_reply_to) == (told.POST_ID, "2060000000000000000")
        assert (item.flags, item.content.handles, item.content.text) == (("from-channel-app",), (), "Sorry!")


def test_a_message_we_sent_in_xs_own_app_is_an_echo_to_its_reader() -> None:
    message = told.message("Which order?", sender=told.US)
    users = {told.SAM: {"data": told.NEW_USERS["users"][0]}}
    sent = told.event("dm.sent", {"direct_message_events": [message], "users": users})
    for payload in (told.messages(message), sent):
        item = arrived(payload)
        assert (item.external_id, item.direction) == (f"dm:{told.DM_ID}", Direction.OUTBOUND)
        assert (item.visibility, item.content.handles, item.content.sender_name) == (Visibility.PRIVATE, (SAM,), None)


def test_a_deleted_post_is_taken_back_and_a_read_message_is_read() -> None:
    at = datetime.fromtimestamp(int(told.AT_MS) / 1000, tz=UTC)
    assert parsed(told.DELETED) == [ContactRemoved(told.POST_ID, at)]
    assert parsed(told.READ) == [StatusReported("dm:2080000000000000009", DeliveryStatus.READ, at)]


def reply(text: str = "Sorry to hear that.", **more: Any) -> Reply:
    return Reply(contact_id=REPLY_ID, to=SAM, text=text, **more)


def public(text: str = "Sorry to hear that.", **more: Any) -> Reply:
    return reply(text, in_reply_to=told.POST_ID, visibility=Visibility.PUBLIC, **more)


def test_what_answers_a_post_is_said_below_it() -> None:
    call = x_replies.render(public(), TARGET)
    assert call.url == "https://x.example/2/tweets"
    assert call.headers == {"Authorization": "Bearer token"}
    assert call.body == {"text": "Sorry to hear that.", "reply": {"in_reply_to_tweet_id": told.POST_ID}}


def test_what_answers_a_direct_message_is_one() -> None:
    call = x_replies.render(reply(in_reply_to=f"dm:{told.DM_ID}"), TARGET)
    assert call.url == f"https://x.example/2/dm_conversations/with/{told.SAM}/messages"
    assert call.body == {"text": "Sorry to hear that."}


@pytest.mark.parametrize(
    "wish",
    [
        reply(visibility=Visibility.PUBLIC),
        reply(visibility=Visibility.PUBLIC, in_reply_to=f"dm:{told.DM_ID}"),
        public(answered_flags=("not-summoned",)),
    ],
)
def test_nothing_is_said_in_public_that_nobody_called_for(wish: Reply) -> None:
    with pytest.raises(Refusal) as refused:
        x_replies.render(wish, TARGET)
    assert refused.value.code == "CHANNEL_CANNOT_REPLY"


def test_in_public_x_counts_in_its_own_way_and_in_private_it_takes_more() -> None:
    link = "https://shop.example/" + "x" * 300
    assert x_replies.render(public("x" * 256 + " " + link), TARGET).body["text"].endswith(link)
    with pytest.raises(Refusal):
        x_replies.render(public("x" * 281), TARGET)
    assert x_replies.render(reply("x" * 10_000), TARGET).body["text"] == "x" * 10_000


def answer(status: int, **body: Any) -> CallResult:
    return CallResult(status=status, body=msgspec.json.encode(body), retry_after_s=3.0 if status == 429 else None)


def test_what_x_answers_means_something() -> None:
    assert x_replies.interpret(answer(201, data={"id": "7", "text": "x"})) == TakenOver("7")
    message = answer(201, data={"dm_conversation_id": "1-2", "dm_event_id": "7"})
    assert x_replies.interpret(message) == TakenOver("dm:7")
    assert x_replies.interpret(answer(201)) == OutcomeLost("taken without an id")
    slow = x_replies.interpret(answer(429, title="Too Many Requests"))
    assert isinstance(slow, TryLater)
    assert slow.wait is not None
    assert slow.wait.total_seconds() == 3
    refused = x_replies.interpret(answer(403, title="Forbidden", detail="not allowed: you have not been mentioned"))
    assert refused == SendRefused(code="http-403", reason="not allowed: you have not been mentioned")
    forbidden = answer(403, title="Client Forbidden", type="https://api.twitter.com/2/problems/client-forbidden")
    assert x_replies.interpret(forbidden) == SendRefused("http-403", "Client Forbidden", retryable=True, login=True)
