from __future__ import annotations

import json
from typing import Any

import pytest

from contracts.vocabulary import Channel, ContactKind, Direction, HandleKind, Visibility
from services.channels.domain.inbound import (
    ContactArrived,
    ContactEdited,
    ContactRemoved,
    Ignored,
    Inbound,
    ReactionChanged,
)
from services.channels.providers import facebook
from tests.unit.channels.in_memory import raw_of
from tests.unit.channels.meta_payloads import PAGE, PERSON, message, page_change, page_payload


def parse(*changes: dict[str, Any], **more: Any) -> tuple[Inbound, ...]:
    body = json.dumps(page_payload(changes=[*changes], **more)).encode()
    return facebook.parse(raw_of(body, channel=Channel.FACEBOOK), region="NL").items


def contact(change: dict[str, Any]) -> ContactArrived:
    (item,) = parse(change)
    assert isinstance(item, ContactArrived)
    return item


def test_a_comment_is_public_and_its_answer_belongs_under_it() -> None:
    item = contact(page_change())
    assert (item.external_id, item.kind, item.visibility) == ("500_1", ContactKind.COMMENT, Visibility.PUBLIC)
    assert (item.direction, item.in_reply_to, item.flags) == (Direction.INBOUND, f"{PAGE}_500", ())
    (handle,) = item.content.handles
    assert (handle.kind, handle.value, handle.display) == (HandleKind.FACEBOOK, PERSON, "Sam")
    assert (item.content.text, item.content.fields) == ("Hello", {"post": f"{PAGE}_500"})


def test_a_comment_under_a_comment_answers_it() -> None:
    assert contact(page_change(comment_id="500_2", parent_id="500_1")).in_reply_to == "500_1"


def test_a_visitors_post_is_a_contact_and_our_own_is_none() -> None:
    item = contact(page_change("post", post_id=f"{PAGE}_501"))
    assert (item.external_id, item.kind, item.flags) == (f"{PAGE}_501", ContactKind.MESSAGE, ("post",))
    assert parse(page_change("status", **{"from": {"id": PAGE}})) == (Ignored("our-own"),)


def test_what_the_page_says_below_a_visitors_post_answers_it() -> None:
    post = contact(page_change("post", post_id=f"{PAGE}_501"))
    by_us = {"post_id": f"{PAGE}_501", "parent_id": f"{PAGE}_501", "from": {"id": PAGE}}
    answer = contact(page_change(comment_id="501_1", **by_us))
    assert (answer.direction, answer.in_reply_to) == (Direction.OUTBOUND, post.external_id)
    assert contact(page_change(post_id=f"{PAGE}_501", parent_id=f"{PAGE}_501")).in_reply_to == post.external_id


def test_an_answer_given_on_the_page_itself_is_an_echo_in_its_thread() -> None:
    item = contact(page_change(comment_id="500_2", parent_id="500_1", **{"from": {"id": PAGE, "name": "Shop"}}))
    assert (item.direction, item.in_reply_to) == (Direction.OUTBOUND, "500_1")
    assert (item.content.handles, item.content.sender_name) == ((), None)
    assert "from-channel-app" in item.flags


def test_a_mention_without_an_author_is_still_a_contact() -> None:
    change = page_change("post", field="mention", post_id="222_1")
    del change["value"]["from"]
    item = contact(change)
    assert (item.kind, item.content.handles, item.flags) == (ContactKind.MENTION, (), ("nameless", "post"))


def test_an_author_may_be_a_number_under_an_older_name() -> None:
    change = page_change(sender_id=int(PERSON), sender_name="Sam")
    del change["value"]["from"]
    (handle,) = contact(change).content.handles
    assert (handle.value, handle.display) == (PERSON, "Sam")


def test_a_recommendation_is_a_review_with_its_judgement() -> None:
    told = {"open_graph_story_id": "333_1", "recommendation_type": "NEGATIVE", "review_text": "Late", "message": None}
    item = contact(page_change("rating", field="ratings", **told))
    assert (item.external_id, item.kind, item.content.text) == ("333_1", ContactKind.REVIEW, "Late")
    assert item.content.fields["recommendation"] == "negative"


def test_edits_and_removals_are_about_their_comment_or_post() -> None:
    edited, again, removed = parse(
        page_change("comment", "edited", message="Hello!"),
        page_change("post", "edit", message="Hello again"),
        page_change("comment", "remove"),
    )
    assert isinstance(edited, ContactEdited)
    assert isinstance(again, ContactEdited)
    assert isinstance(removed, ContactRemoved)
    assert (edited.external_id, edited.text, removed.external_id) == ("500_1", "Hello!", "500_1")
    assert again.external_id == f"{PAGE}_500"


def test_emoji_on_comments_count_and_those_on_posts_ask_nothing() -> None:
    love, gone, post = parse(
        page_change("reaction", comment_id="500_1", reaction_type="love"),
        page_change("reaction", "remove", comment_id="500_1", reaction_type="love"),
        page_change("reaction", reaction_type="love"),
    )
    assert isinstance(love, ReactionChanged)
    assert isinstance(gone, ReactionChanged)
    assert (love.emoji, gone.emoji) == ("❤️", None)
    assert post == Ignored("reaction-to-a-post")


def test_pictures_of_comments_and_posts_come_along() -> None:
    (photo,) = contact(page_change(photo="https://cdn.example/2.jpg")).content.attachments
    (posted,) = contact(page_change("photo", link="https://cdn.example/3.jpg")).content.attachments
    assert (photo.external_id, posted.external_id) == ("https://cdn.example/2.jpg", "https://cdn.example/3.jpg")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (page_change("comment", "hide"), "verb"),
        (page_change("event"), "unknown-item"),
        (page_change(field="leadgen"), "unknown-field"),
        ({"field": "feed", "value": {"item": "comment"}}, "unknown-item"),
    ],
)
def test_what_asks_nothing_of_us_is_counted_by_its_reason(change: dict[str, Any], reason: str) -> None:
    assert parse(change) == (Ignored(reason),)


def test_private_messages_are_another_doors() -> None:
    assert parse(messaging=[message()]) == (Ignored("private"),)
