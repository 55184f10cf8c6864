from __future__ import annotations

import json
from typing import Any

from contracts.vocabulary import Channel, ContactKind, Direction, HandleKind, Visibility
from services.channels.domain.inbound import ContactArrived, ContactRemoved, Ignored, Inbound
from services.channels.providers import instagram
from tests.unit.channels.in_memory import raw_of
from tests.unit.channels.meta_payloads import PAGE, PERSON, instagram_comment, instagram_payload, message


def parse(*messaging: dict[str, Any], **more: Any) -> tuple[Inbound, ...]:
    body = json.dumps(instagram_payload(*messaging, **more)).encode()
    return instagram.parse(raw_of(body, channel=Channel.INSTAGRAM), region="NL").items


def contact(*messaging: dict[str, Any], **more: Any) -> ContactArrived:
    (item,) = parse(*messaging, **more)
    assert isinstance(item, ContactArrived)
    return item


def test_a_direct_message_is_private() -> None:
    item = contact(message())
    (handle,) = item.content.handles
    assert (item.visibility, handle.kind, handle.value) == (Visibility.PRIVATE, HandleKind.INSTAGRAM, PERSON)


def test_a_message_taken_back_is_removed() -> None:
    (item,) = parse(message(None, "m_1", is_deleted=True))
    assert isinstance(item, ContactRemoved)


def test_an_answer_to_a_story_says_which_one() -> None:
    story = {"id": "55", "url": "https://cdn.example/story"}
    assert contact(message(reply_to={"story": story})).content.fields == {"story": story}


def test_a_comment_is_public_and_can_be_answered_as_one() -> None:
    item = contact(changes=[instagram_comment(parent_id="17800000000000000")])
    assert (item.kind, item.visibility, item.flags) == (ContactKind.COMMENT, Visibility.PUBLIC, ("comment",))
    assert (item.external_id, item.in_reply_to) == ("17800000000000001", "17800000000000000")
    (handle,) = item.content.handles
    assert (handle.value, handle.display, item.content.sender_name) == (PERSON, "sam.example", "sam.example")
    assert item.content.fields["media"]["id"] == "900"


def test_a_comment_whose_author_has_a_name_only_is_known_by_it() -> None:
    item = contact(changes=[instagram_comment(**{"from": {"username": "sam.example"}})])
    assert item.content.handles[0].value == "@sam.example"
    nobody = contact(changes=[instagram_comment(**{"from": {}})])
    assert (nobody.content.handles, nobody.flags) == ((), ("comment", "nameless"))


def test_our_own_comments_are_echoes_where_they_answer_and_nothing_else() -> None:
    own = {"from": {"id": PAGE, "username": "shop"}}
    assert parse(changes=[instagram_comment(**own)]) == (Ignored("our-own"),)
    item = contact(changes=[instagram_comment(parent_id="17800000000000000", **own)])
    assert (item.direction, item.content.handles) == (Direction.OUTBOUND, ())


def test_a_comment_during_a_broadcast_says_so() -> None:
    assert "live" in contact(changes=[instagram_comment(field="live_comments")]).flags


def test_a_mention_tells_where_but_neither_who_nor_what() -> None:
    item = contact(changes=[{"field": "mentions", "value": {"media_id": "900", "comment_id": "1780"}}])
    assert (item.kind, item.external_id, item.content.handles) == (ContactKind.MENTION, "1780", ())
    assert item.flags == ("nameless",)


def test_the_rest_is_counted() -> None:
    changes = [{"field": "story_insights", "value": {}}, {"field": "new", "value": {}}, instagram_comment(id=None)]
    assert parse(changes=changes) == (Ignored("story-insights"), Ignored("unknown-field"), Ignored("no-id"))
