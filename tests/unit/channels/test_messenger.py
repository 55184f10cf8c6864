from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.vocabulary import Channel, DeliveryStatus, Direction, HandleAssurance, HandleKind, Visibility
from services.channels.domain.inbound import (
    ContactArrived,
    ContactEdited,
    ContactRemoved,
    Ignored,
    Inbound,
    ReactionChanged,
    StatusReported,
)
from services.channels.providers import messenger
from tests.unit.channels.in_memory import NOW, REPLY_ID, raw_of
from tests.unit.channels.meta_payloads import NOW_MS, PAGE, PERSON, echo, event, message, page_change, page_payload

SENT_AT = datetime.fromtimestamp(NOW_MS / 1000, tz=UTC)


def parse(payload: Any) -> tuple[Inbound, ...]:
    return messenger.parse(raw_of(json.dumps(payload).encode(), channel=Channel.MESSENGER), region="NL").items


def contact(**more: Any) -> ContactArrived:
    (item,) = parse(page_payload(message(**more)))
    assert isinstance(item, ContactArrived)
    return item


def test_a_message_is_a_private_contact_of_who_the_platform_says() -> None:
    item = contact(mid="m_7", reply_to={"mid": "m_OUT1"})
    assert (item.external_id, item.in_reply_to, item.content.text) == ("m_7", "m_OUT1", "Hello")
    assert (item.direction, item.visibility) == (Direction.INBOUND, Visibility.PRIVATE)
    (handle,) = item.content.handles
    assert (handle.kind, handle.value, item.assurance) == (
        HandleKind.MESSENGER,
        PERSON,
        HandleAssurance.PLATFORM,
    )
    assert item.occurred_at == min(SENT_AT, NOW)


def test_the_page_is_known_by_its_id() -> None:
    raw = raw_of(json.dumps(page_payload(message())).encode(), channel=Channel.MESSENGER)
    assert messenger.parse(raw, region="NL").sender_id == PAGE


def test_files_places_and_links_come_along() -> None:
    url = "https://cdn.example/1.jpg"
    (file,) = contact(said=None, attachments=[{"type": "image", "payload": {"url": url}}]).content.attachments
    assert (file.external_id, file.media_type) == (url, "image/*")
    place = contact(said=None, attachments=[{"type": "location", "payload": {"coordinates": {"lat": 52.1}}}])
    assert place.content.fields == {"location": {"lat": 52.1}}
    link = contact(said=None, attachments=[{"type": "fallback", "title": "A page", "url": "https://shop.example/"}])
    assert link.content.text == "A page\nhttps://shop.example/"
    said = contact(said="Look", attachments=[{"type": "share", "payload": {"url": "https://shop.example/"}}])
    assert said.content.text == "Look"
    assert said.content.fields["shared"] == [{"type": "share", "url": "https://shop.example/"}]


def test_what_cannot_be_shown_is_a_contact_all_the_same() -> None:
    assert contact(said=None, is_unsupported=True).flags == ("unsupported",)
    assert contact(said=None).flags == ("unsupported",)


def test_what_another_app_of_the_page_answers_is_flagged() -> None:
    (item,) = parse(page_payload(standby=[message()]))
    assert isinstance(item, ContactArrived)
    assert item.flags == ("standby",)


def test_an_answer_from_the_pages_own_inbox_is_an_echo_that_names_its_customer() -> None:
    (item,) = parse(page_payload(echo()))
    assert isinstance(item, ContactArrived)
    assert (item.direction, item.content.handles[0].value) == (Direction.OUTBOUND, PERSON)
    assert item.flags == ("from-channel-app",)


def test_the_echo_of_our_own_reply_is_no_second_contact_even_before_we_know_its_id() -> None:
    (item,) = parse(page_payload(echo(mid="m_OUT1", metadata=str(REPLY_ID))))
    assert isinstance(item, StatusReported)
    assert (item.external_id, item.status, item.contact_id) == ("m_OUT1", DeliveryStatus.SENT, REPLY_ID)


def test_edits_removals_and_reactions_are_about_their_message() -> None:
    edit, removal, love, gone = parse(
        page_payload(
            event(message_edit={"mid": "m_IN1", "text": "Hello!", "num_edit": "1"}),
            message(None, "m_IN1", is_deleted=True),
            event(reaction={"mid": "m_OUT1", "action": "react", "emoji": "❤", "reaction": "love"}),
            event(reaction={"mid": "m_OUT1", "action": "unreact"}),
        )
    )
    assert isinstance(edit, ContactEdited)
    assert (edit.external_id, edit.text) == ("m_IN1", "Hello!")
    assert isinstance(removal, ContactRemoved)
    assert removal.external_id == "m_IN1"
    assert isinstance(love, ReactionChanged)
    assert isinstance(gone, ReactionChanged)
    assert (love.emoji, gone.emoji, love.external_id) == ("❤", None, "m_OUT1")
    assert love.reaction_id != gone.reaction_id


def test_a_button_says_what_stands_on_it() -> None:
    (item,) = parse(page_payload(event(postback={"mid": "m_8", "title": "Get started", "payload": "START"})))
    assert isinstance(item, ContactArrived)
    assert (item.external_id, item.content.text, item.content.fields) == ("m_8", "Get started", {"payload": "START"})


def test_deliveries_name_their_messages_and_watermarks_name_none() -> None:
    delivered, read, seen = parse(
        page_payload(
            event(delivery={"mids": ["m_OUT1"], "watermark": NOW_MS}),
            event(read={"watermark": NOW_MS}),
            event(read={"mid": "m_OUT1"}),
        )
    )
    assert isinstance(delivered, StatusReported)
    assert (delivered.external_id, delivered.status) == ("m_OUT1", DeliveryStatus.DELIVERED)
    assert read == Ignored("read-watermark")
    assert isinstance(seen, StatusReported)
    assert seen.status is DeliveryStatus.READ


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (page_payload(changes=[page_change()]), "on-the-page"),
        (page_payload(event(optin={"ref": "x"})), "optin"),
        (page_payload(event(something_new={})), "unknown-event"),
        (page_payload({**message(), "sender": {"user_ref": "1"}}), "no-sender"),
        ({"object": "page", "entry": [{"messaging": ["x"]}]}, "malformed-item"),
        ({"object": "page"}, "nothing-in-it"),
    ],
)
def test_what_asks_nothing_of_us_is_counted_by_its_reason(payload: Any, reason: str) -> None:
    assert parse(payload) == (Ignored(reason),)
