"""What stands below our videos, in our words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.content import HandleContent
from contracts.vocabulary import Channel, ContactKind, HandleAssurance, HandleKind, Visibility
from services.channels.domain.inbound import ContactArrived, ContactEdited, Ignored, Inbound
from services.channels.domain.normal_form import NotUnderstood
from services.channels.providers import youtube
from services.channels.providers.youtube import key_of_comments
from tests.unit.channels import youtube_payloads as told
from tests.unit.channels.in_memory import raw_of


def parsed(payload: Any) -> list[Inbound]:
    raw = raw_of(json.dumps(payload).encode(), channel=Channel.YOUTUBE, account="UCshop")
    return list(youtube.parse(raw, region="NL").items)


def test_a_comment_is_public_and_of_whoever_youtube_says_it_is() -> None:
    (item,) = parsed(told.threads(told.thread()))
    assert isinstance(item, ContactArrived)
    assert (item.external_id, item.kind, item.visibility) == ("Ug1", ContactKind.COMMENT, Visibility.PUBLIC)
    assert (item.assurance, item.occurred_at) == (HandleAssurance.PLATFORM, datetime(2026, 11, 21, 9, tzinfo=UTC))
    assert item.content.handles == (HandleContent(kind=HandleKind.YOUTUBE, value="UCsam", display="@samv"),)
    assert (item.content.text, item.content.fields) == ("Hello", {"video": "v1"})
    assert item.content.url == "https://www.youtube.com/watch?v=v1&lc=Ug1"


def test_a_reply_answers_its_comment_and_our_own_is_nothing_new() -> None:
    reply = told.comment("Ug1.1", "Mine too", parentId="Ug1")
    own = told.comment("Ug1.2", authorChannelId={"value": "UCshop"})
    _, item, ignored = parsed(told.threads(told.thread(reply, own)))
    assert isinstance(item, ContactArrived)
    assert (item.in_reply_to, item.content.text) == ("Ug1", "Mine too")
    assert ignored == Ignored("own-echo")


def test_a_changed_comment_is_edited_an_old_one_is_history_and_an_empty_one_is_counted() -> None:
    _, edited = parsed(told.threads(told.thread(updatedAt="2026-11-21T10:00:00Z")))
    assert isinstance(edited, ContactEdited)
    assert (edited.external_id, edited.occurred_at) == ("Ug1", datetime(2026, 11, 21, 10, tzinfo=UTC))
    assert parsed(told.threads(told.thread(publishedAt="2020-01-01T00:00:00Z"))) == [Ignored("too-old")]
    assert parsed(told.threads({"id": "x"})) == [Ignored("malformed-item")]
    assert parsed(told.threads()) == [Ignored("nothing-in-it")]


def test_a_list_is_the_same_as_before_when_its_comments_are() -> None:
    before = json.dumps(told.threads(told.thread())).encode()
    assert key_of_comments(before) == key_of_comments(before.replace(b'"etag": "x"', b'"etag": "y"'))
    assert key_of_comments(before) != key_of_comments(before.replace(b"Hello", b"Hallo"))


@pytest.mark.parametrize("payload", [{"error": {"code": 403}}, [], {"items": 1}])
def test_what_lists_nothing_is_not_understood(payload: Any) -> None:
    with pytest.raises(NotUnderstood):
        parsed(payload)
