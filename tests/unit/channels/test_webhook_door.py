from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from contracts.content import AttachmentContent, HandleContent, RatingContent, ReachContent
from contracts.vocabulary import (
    Channel,
    ContactKind,
    DeliveryStatus,
    Direction,
    HandleAssurance,
    HandleKind,
    Refusal,
    RefusalCode,
    Visibility,
)
from services.channels.domain.inbound import (
    ContactArrived,
    ContactEdited,
    ContactRemoved,
    Ignored,
    Inbound,
    ReachMeasured,
    ReactionChanged,
    StatusReported,
)
from services.channels.domain.normal_form import NotUnderstood
from services.channels.domain.outbound import CallResult, Reply, SendRefused, SendTarget, TakenOver, TryLater
from services.channels.domain.verification import Posted, is_genuine
from services.channels.providers import webhook, webhook_replies
from tests.unit.channels.door_under_test import SECRET, standard_secret
from tests.unit.channels.doors_under_test import DOORS_AND_TOY, WEBHOOK_DOOR, settings_under_test
from tests.unit.channels.front_door import FrontDoor, front_door
from tests.unit.channels.in_memory import NOW, REPLY_ID, raw_of
from tests.unit.channels.webhook_payloads import contact, event

STRUCTURED = {"content-type": "application/cloudevents+json; charset=utf-8"}
BATCH = {"content-type": "application/cloudevents-batch+json"}


def parse(payload: Any, headers: dict[str, str] | None = None) -> tuple[Inbound, ...]:
    raw = raw_of(json.dumps(payload).encode(), channel=Channel.WEBHOOK)
    return webhook.parse(msgspec.structs.replace(raw, headers=headers or {}), region="NL").items


def arrived(payload: Any, headers: dict[str, str] | None = None) -> ContactArrived:
    (item,) = parse(payload, headers)
    assert isinstance(item, ContactArrived)
    return item


def test_a_contact_in_our_own_words_is_read_whole() -> None:
    item = arrived(
        contact(
            kind="REVIEW",
            visibility="PUBLIC",
            subject="Order 7",
            language="nl",
            in_reply_to="w-0",
            fields={"rating": 4},
            attachments=[{"url": "https://shop.example/1.jpg", "media_type": "image/jpeg"}],
            url="https://shop.example/reviews/1",
            rating={"value": 4, "min": 1, "max": 5},
            reach={"views": 120},
        )
    )
    assert (item.content.url, item.content.rating) == ("https://shop.example/reviews/1", RatingContent(4, 1, 5))
    assert item.content.reach == ReachContent(NOW, views=120)
    assert (item.external_id, item.kind, item.visibility) == ("w-1", ContactKind.REVIEW, Visibility.PUBLIC)
    assert (item.occurred_at, item.direction) == (NOW - timedelta(seconds=2), Direction.INBOUND)
    assert (item.in_reply_to, item.language, item.flags) == ("w-0", "nl", ())
    assert item.assurance is HandleAssurance.PLATFORM
    assert item.content.handles == (HandleContent(HandleKind.WEB, "visitor-7", display="Sam"),)
    assert (item.content.sender_name, item.content.subject, item.content.fields) == ("Sam", "Order 7", {"rating": 4})
    assert item.content.attachments == (AttachmentContent("https://shop.example/1.jpg", "image/jpeg"),)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (contact(language="n" * 36), "language"),
        ({"type": "reaction", "id": "w-1", "emoji": "Sam, of 1 Long Street " * 4}, "emoji"),
    ],
)
def test_a_word_that_is_told_in_the_clear_is_no_place_for_a_story(said: Any, field: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        parse(said)
    assert refused.value.field == field


def test_the_reason_of_a_status_is_short_and_quotes_no_numbers() -> None:
    (item,) = parse({"type": "status", "id": "w-1", "status": "FAILED", "reason": "no +31612345678 " + "x" * 500})
    assert isinstance(item, StatusReported)
    assert item.reason is not None
    assert item.reason.startswith("no +… x")
    assert len(item.reason) == 200


def test_what_the_other_system_does_not_vouch_for_is_the_senders_own_word() -> None:
    handles = [{"kind": "PHONE", "value": "06-12345678"}, {"kind": "EMAIL", "value": "sam at shop"}]
    item = arrived(contact(sender={"handles": handles}))
    assert item.assurance is HandleAssurance.SELF_ASSERTED
    assert item.content.handles == (HandleContent(HandleKind.PHONE, "+31612345678"),)
    assert (item.flags, item.content.fields) == (("email-invalid",), {"email": "sam at shop"})


def test_edits_removals_reactions_and_statuses_are_messages_of_their_own() -> None:
    (edit,) = parse({"type": "edit", "id": "w-1", "text": "Hello!"})
    (removal,) = parse({"type": "removal", "id": "w-1"})
    (reaction,) = parse({"type": "reaction", "id": "w-1", "emoji": ""})
    (reach,) = parse({"type": "reach", "id": "w-1", "reach": {"shares": 71}, "occurred_at": "2026-11-21T12:00:00Z"})
    (status,) = parse({"type": "status", "id": "o-1", "status": "READ", "contact_id": str(REPLY_ID)})
    assert isinstance(edit, ContactEdited)
    assert isinstance(removal, ContactRemoved)
    assert isinstance(reaction, ReactionChanged)
    assert isinstance(status, StatusReported)
    assert reach == ReachMeasured("w-1", datetime(2026, 11, 21, 12, tzinfo=UTC), shares=71)
    assert (edit.text, removal.external_id, reaction.emoji) == ("Hello!", "w-1", None)
    assert (status.status, status.contact_id) == (DeliveryStatus.READ, REPLY_ID)
    assert parse({"type": "weather", "id": "w-1"}) == (Ignored("unknown-type"),)


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        (contact(text=7), "text"),
        (contact(colour="red"), "colour"),
        (contact(id=""), "id"),
        (contact(id="x" * 513), "id"),
        (contact(kind="message"), "kind"),
        (contact(sender={"handles": [{"kind": "WEB"}]}), "sender.handles[0]"),
        (contact(sender={"handles": [{"kind": "WEB", "value": "x"}] * 17}), "sender.handles"),
        (contact(attachments=[{"url": "u"}] * 33), "attachments"),
        (contact(in_reply_to="x" * 513), "in_reply_to"),
        (contact(occurred_at="yesterday"), "occurred_at"),
        ({"type": "edit", "text": "Hello"}, "id"),
        ({"type": "status", "id": "o-1", "status": "SEEN"}, "status"),
    ],
)
def test_a_contact_that_is_wrong_is_told_where(payload: Any, field: str) -> None:
    with pytest.raises(NotUnderstood) as problem:
        parse(payload)
    assert (problem.value.code, problem.value.field) == ("invalid-field", field)


@pytest.mark.parametrize("told", ["2026-11-21T12:05:01Z", "0001-01-01T00:00:00+14:00", "2004-12-31T00:00:00Z"])
def test_a_time_that_cannot_be_is_that_of_the_arrival(told: str) -> None:
    item = arrived(contact(occurred_at=told))
    assert (item.occurred_at, item.flags) == (NOW, ("clock-suspect",))


def test_a_time_without_a_zone_is_utc() -> None:
    assert arrived(contact(occurred_at="2026-11-21T11:00:00")).occurred_at == datetime(2026, 11, 21, 11, tzinfo=UTC)


def test_a_cloudevent_in_structured_mode_gives_its_contact_id_and_time() -> None:
    item = arrived(event(data={"id": "w-9", "text": "Hello"}), STRUCTURED)
    assert (item.external_id, item.occurred_at, item.content.text) == ("w-9", NOW - timedelta(seconds=2), "Hello")
    assert arrived(event(data={"text": "Hello"}), STRUCTURED).external_id == "https://shop.example/desk#e-1"


def test_a_cloudevent_in_binary_mode_has_its_attributes_in_headers() -> None:
    attributes = {"ce-specversion": "1.0", "ce-id": "e-1", "ce-source": "caf%C3%A9", "ce-type": "eender.contact.v1"}
    item = arrived({"text": "Hello"}, {**attributes, "content-type": "application/json"})
    assert (item.external_id, item.content.text) == ("café#e-1", "Hello")


def test_in_a_batch_one_event_that_cannot_be_read_costs_the_others_nothing() -> None:
    events = [event(data={"id": "w-1", "text": "a"}), event(data={"id": 7}), 7, event("weather"), event(id="e-2")]
    items = parse(events, BATCH)
    assert [type(item) for item in items] == [ContactArrived, Ignored, Ignored, Ignored, ContactArrived]
    assert parse([], BATCH) == (Ignored("nothing-in-it"),)


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        (event(specversion="0.3"), "specversion"),
        (event(source=None), "source"),
        (event(id=None), "id"),
        (event(data=[1]), "data"),
    ],
)
def test_an_event_that_is_none_is_told_where(payload: Any, field: str) -> None:
    with pytest.raises(NotUnderstood) as problem:
        parse(payload, STRUCTURED)
    assert problem.value.field == field


def test_other_types_of_events_ask_nothing_of_us() -> None:
    assert parse(event(type="com.shop.order.paid"), STRUCTURED) == (Ignored("unknown-type"),)


@pytest.fixture
async def front() -> AsyncIterator[FrontDoor]:
    async with front_door(DOORS_AND_TOY, settings_under_test()) as opened:
        yield opened


async def test_a_webhook_id_is_good_for_one_body(front: FrontDoor) -> None:
    one, two = WEBHOOK_DOOR.body("one"), WEBHOOK_DOOR.body("two")
    for _ in range(2):
        assert (await front.post(WEBHOOK_DOOR.path, one, WEBHOOK_DOOR.signed(one))).status_code == 202
    assert (await front.post(WEBHOOK_DOOR.path, two, WEBHOOK_DOOR.signed(two))).status_code == 202
    assert len(front.store.kept) == 2


async def test_the_headers_of_an_event_are_kept_with_it_and_others_are_not(front: FrontDoor) -> None:
    body = json.dumps({"text": "Hello"}).encode()
    attributes = {"ce-specversion": "1.0", "ce-id": "e-1", "ce-source": "desk", "ce-type": "eender.contact.v1"}
    headers = {**WEBHOOK_DOOR.signed(body), **attributes, "content-type": "application/json", "cookie": "x"}
    assert (await front.post(WEBHOOK_DOOR.path, body, headers)).status_code == 202
    (raw,) = front.store.kept.values()
    assert raw.headers == {**attributes, "content-type": "application/json"}


async def test_a_sender_of_cloudevents_may_ask_first(front: FrontDoor) -> None:
    answer = await front.client.options(WEBHOOK_DOOR.path, headers={"WebHook-Request-Origin": "shop.example"})
    assert (answer.status_code, answer.headers["webhook-allowed-origin"]) == (200, "shop.example")
    assert (await front.client.options(WEBHOOK_DOOR.path)).status_code == 401
    assert (await front.client.get(WEBHOOK_DOOR.path)).headers["allow"] == "OPTIONS, POST"


TARGET = SendTarget(
    api_base="https://desk.shop.example/replies",
    sender_id="",
    secrets={"signing_secret": standard_secret(SECRET)},
    at=NOW,
)
REPLY = Reply(REPLY_ID, HandleContent(HandleKind.WEB, "visitor-7"), "Here you are.", in_reply_to="w-1")


def test_a_reply_is_posted_as_a_webhook_that_its_receiver_can_verify() -> None:
    call = webhook_replies.render(REPLY, TARGET)
    assert call.signed is not None
    said = json.loads(call.signed)
    assert (said["type"], said["text"], said["in_reply_to"]) == ("reply", "Here you are.", "w-1")
    assert (UUID(said["contact_id"]), said["to"]) == (REPLY_ID, {"kind": "WEB", "value": "visitor-7"})
    posted = Posted(headers=call.headers, body=call.signed)
    secrets = {"signing_secret": (standard_secret(SECRET),)}
    assert is_genuine(webhook.spec.verification, posted, secrets, now=NOW)
    assert call.headers["webhook-id"] == str(REPLY_ID)


def test_without_a_secret_nothing_is_said() -> None:
    for secrets in ({"signing_secret": "whsec_?"}, {}):
        with pytest.raises(Refusal) as refused:
            webhook_replies.render(REPLY, msgspec.structs.replace(TARGET, secrets=secrets))
        assert refused.value.code is RefusalCode.CHANNEL_CANNOT_REPLY


def test_the_receiver_may_name_the_reply_and_its_errors_are_https_own() -> None:
    interpret = webhook_replies.interpret
    assert interpret(CallResult(202, b'{"id": "o-1"}')) == TakenOver("o-1")
    assert interpret(CallResult(204, b"")) == TakenOver(None)
    assert isinstance(interpret(CallResult(429, b"", retry_after_s=3)), TryLater)
    assert isinstance(interpret(CallResult(410, b"")), SendRefused)
