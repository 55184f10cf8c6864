from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.content import HandleContent, TemplateContent
from contracts.vocabulary import DeliveryStatus, Direction, HandleKind, Visibility
from services.channels.domain.inbound import (
    ContactArrived,
    ContactEdited,
    HandleAliased,
    Ignored,
    Inbound,
    StatusReported,
)
from services.channels.domain.outbound import (
    CallResult,
    OutcomeLost,
    Reply,
    SendRefused,
    SendTarget,
    TakenOver,
    TryLater,
)
from services.channels.providers import whatsapp, whatsapp_replies
from tests.unit.channels.in_memory import NOW, REPLY_ID, raw_of, refusal
from tests.unit.channels.whatsapp_payloads import whatsapp_payload, whatsapp_text

SECONDS = "1795000000"
THEN = datetime.fromtimestamp(1795000000, tz=UTC)


def parse(payload: Any) -> tuple[Inbound, ...]:
    return whatsapp.parse(raw_of(json.dumps(payload).encode()), region="NL").items


def contact(**more: Any) -> ContactArrived:
    (item,) = parse(whatsapp_payload(whatsapp_text(**more)))
    assert isinstance(item, ContactArrived)
    return item


def value_of(payload: dict[str, Any]) -> dict[str, Any]:
    value: dict[str, Any] = payload["entry"][0]["changes"][0]["value"]
    return value


def test_a_text_is_a_private_contact_of_its_number() -> None:
    item = contact(text={"body": "Héllo"})
    assert (item.content.text, item.content.sender_name) == ("Héllo", "Sam")
    assert [handle.value for handle in item.content.handles] == ["+31612345678"]
    assert (item.direction, item.visibility) == (Direction.INBOUND, Visibility.PRIVATE)
    assert (item.external_id, item.occurred_at) == ("wamid.IN1", THEN)
    assert item.flags == ()


def test_the_platforms_id_of_our_number_is_the_last_one_told() -> None:
    payload = whatsapp_payload(whatsapp_text())
    payload["entry"] *= 2
    assert whatsapp.parse(raw_of(json.dumps(payload).encode()), region="NL").sender_id == "106540352242922"


@pytest.mark.parametrize(
    ("seconds", "occurred_at", "flags"),
    [
        (SECONDS, THEN, ()),
        (int(SECONDS), THEN, ()),
        (SECONDS + "000", THEN, ()),
        (str(int(NOW.timestamp()) + 60), NOW, ()),
        (str(int(NOW.timestamp()) + 3600), NOW, ("clock-suspect",)),
        ("9" * 400, NOW, ("clock-suspect",)),
        ("0", NOW, ("clock-suspect",)),
        ("nan", NOW, ("clock-suspect",)),
        ("soon", NOW, ("clock-suspect",)),
        (None, NOW, ("clock-suspect",)),
    ],
)
def test_times_are_seconds_and_never_in_the_future(seconds: Any, occurred_at: datetime, flags: tuple[str, ...]) -> None:
    item = contact(timestamp=seconds)
    assert (item.occurred_at, item.flags) == (occurred_at, flags)


def test_without_a_number_the_user_id_is_the_address() -> None:
    message = {key: value for key, value in whatsapp_text(from_user_id="NL.1349").items() if key != "from"}
    payload = whatsapp_payload(message)
    value_of(payload)["contacts"] = [{"profile": {"name": "Sam", "username": "sam"}, "user_id": "NL.1349"}]
    (item,) = parse(payload)
    assert isinstance(item, ContactArrived)
    assert [handle.value for handle in item.content.handles] == ["NL.1349"]
    assert item.content.sender_name == "Sam"


def test_a_profile_of_somebody_else_says_nothing_about_the_sender() -> None:
    payload = whatsapp_payload(whatsapp_text(**{"from": "31699999999"}))
    (item,) = parse(payload)
    assert isinstance(item, ContactArrived)
    assert [handle.value for handle in item.content.handles] == ["+31699999999"]
    assert item.content.sender_name is None


def test_a_message_that_nobody_sent_is_ignored() -> None:
    message = {key: value for key, value in whatsapp_text().items() if key != "from"}
    payload = whatsapp_payload(message)
    value_of(payload)["contacts"] = []
    assert parse(payload) == (Ignored("no-sender"),)


def test_a_kind_that_is_not_known_yet_is_a_contact_all_the_same() -> None:
    assert contact(type="poll", poll={"question": "?"}).flags == ("unsupported",)


def test_a_message_without_an_id_gets_the_same_one_every_time() -> None:
    first, again, other = contact(id=None), contact(id=None), contact(id=None, text={"body": "x"})
    assert first.external_id == again.external_id != other.external_id
    assert contact(id="x" * 513).external_id.startswith("sha256:")


def test_a_message_in_a_group_can_be_read_by_others() -> None:
    assert contact(group_id="g1").visibility is Visibility.LIMITED


def test_an_answer_names_what_it_answers_and_a_forward_is_flagged() -> None:
    assert contact(context={"from": "1", "id": "wamid.OUT1"}).in_reply_to == "wamid.OUT1"
    item = contact(context={"forwarded": True})
    assert (item.in_reply_to, item.flags) == (None, ("forwarded",))


def test_an_edited_text_and_an_edited_caption_are_told_alike() -> None:
    for message in (whatsapp_text("New"), {"type": "image", "image": {"id": "1", "caption": "New"}}):
        edit = {"original_message_id": "wamid.IN0", "message": message}
        (item,) = parse(whatsapp_payload(whatsapp_text(type="edit", edit=edit)))
        assert item == ContactEdited("wamid.IN0", "wamid.IN1", THEN, "New")


@pytest.mark.parametrize("kind", ["edit", "revoke", "reaction"])
def test_a_change_of_nothing_is_ignored(kind: str) -> None:
    assert parse(whatsapp_payload({**whatsapp_text(type=kind), kind: {}})) == (Ignored("no-target"),)


def test_a_changed_user_id_is_an_alias_and_an_unchanged_number_is_none() -> None:
    system = {"type": "user_changed_user_id", "user_id": "NL.2"}
    (item,) = parse(whatsapp_payload(whatsapp_text(type="system", system=system)))
    assert isinstance(item, HandleAliased)
    assert (item.content.old.value, item.content.new.value) == ("+31612345678", "NL.2")
    same = {"type": "user_changed_number", "wa_id": "31612345678"}
    assert parse(whatsapp_payload(whatsapp_text(type="system", system=same))) == (Ignored("system"),)


def test_a_status_brings_our_own_id_back() -> None:
    entry = {"id": "wamid.OUT1", "status": "delivered", "timestamp": SECONDS}
    items = parse(whatsapp_payload(statuses=[{**entry, "biz_opaque_callback_data": str(REPLY_ID)}, entry]))
    assert items == (
        StatusReported("wamid.OUT1", DeliveryStatus.DELIVERED, THEN, REPLY_ID),
        StatusReported("wamid.OUT1", DeliveryStatus.DELIVERED, THEN),
    )
    assert parse(whatsapp_payload(statuses=[{**entry, "status": "warning"}])) == (Ignored("unknown-status"),)


def test_a_failed_status_says_why_in_our_words_and_without_numbers() -> None:
    entry = {"id": "wamid.OUT1", "status": "failed", "timestamp": SECONDS}
    error = {"code": 131047, "title": "Re-engagement", "message": "More than 24 hours since 31612345678 replied"}
    (item,) = parse(whatsapp_payload(statuses=[{**entry, "errors": [error]}]))
    assert isinstance(item, StatusReported)
    assert (item.code, item.reason) == ("CHANNEL_WINDOW_CLOSED", "More than 24 hours since … replied")


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        (CallResult(200, b'{"messages": [{"id": "wamid.OUT1"}]}'), TakenOver("wamid.OUT1")),
        (CallResult(200, b"<html>"), OutcomeLost("taken without an id")),
        (refusal(400, 131026, "Undeliverable"), SendRefused("131026", "Undeliverable")),
        (refusal(401, 190, "Bad token"), SendRefused("190", "Bad token", retryable=True, login=True)),
        (CallResult(302, b""), SendRefused("http-302", "HTTP 302")),
        (refusal(400, 130429, "Too fast"), TryLater("130429", "Too fast")),
        (CallResult(503, b"away"), TryLater("http-503", "HTTP 503")),
    ],
)
def test_metas_answer_is_understood(result: CallResult, outcome: object) -> None:
    assert whatsapp_replies.interpret(result) == outcome


def test_the_wish_to_wait_is_passed_on() -> None:
    outcome = whatsapp_replies.interpret(CallResult(429, b"", retry_after_s=9))
    assert isinstance(outcome, TryLater)
    assert outcome.wait is not None
    assert outcome.wait.total_seconds() == 9


def test_a_new_user_id_of_a_person_without_a_number_is_an_alias() -> None:
    update = {"user_id": {"previous": "US.1", "current": "US.2"}, "timestamp": "1795000000"}
    payload = whatsapp_payload(user_id_update=[update])
    payload["entry"][0]["changes"][0]["field"] = "user_id_update"
    (item,) = parse(payload)
    assert isinstance(item, HandleAliased)
    assert (item.content.old.value, item.content.new.value) == ("US.1", "US.2")
    assert parse(whatsapp_payload(user_id_update=[{"user_id": {"current": "US.2"}}])) == (Ignored("user-id-update"),)


def test_a_template_leaves_as_it_was_approved() -> None:
    template = TemplateContent("reading-your-post", "nl-NL", ("je pakket",))
    target, to = SendTarget("https://graph.example", "1"), HandleContent(HandleKind.WHATSAPP, "+31612345678")
    call = whatsapp_replies.render(Reply(REPLY_ID, to, "Ik lees je bericht over je pakket.", template=template), target)
    assert call.body["type"] == "template"
    assert "text" not in call.body
    assert call.body["template"] == {
        "name": "reading-your-post",
        "language": {"code": "nl_NL"},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "je pakket"}]}],
    }
    bare = whatsapp_replies.render(Reply(REPLY_ID, to, "Hallo!", template=TemplateContent("hello", "nl")), target)
    assert bare.body["template"] == {"name": "hello", "language": {"code": "nl"}}
