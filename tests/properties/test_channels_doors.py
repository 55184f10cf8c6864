"""Whatever a platform sends, a door answers in its own words and never raises anything else."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.content import HandleContent
from contracts.vocabulary import Channel, HandleKind, Refusal
from services.channels.domain.door import Door
from services.channels.domain.inbound import ContactArrived, Inbound
from services.channels.domain.normal_form import NotUnderstood, clean_text, read_json
from services.channels.domain.outbound import (
    CallResult,
    OutcomeLost,
    Reply,
    SendRefused,
    SendTarget,
    TakenOver,
    TryLater,
)
from services.channels.providers import OUTLETS, form, whatsapp, whatsapp_replies
from tests.unit.channels.doors_under_test import UNDER_TEST, whatsapp_payload, whatsapp_text
from tests.unit.channels.in_memory import REPLY_ID, raw_of

every_door = pytest.mark.parametrize("door", [form, whatsapp], ids=["form", "whatsapp"])

KEYS = st.sampled_from(
    [
        "entry",
        "changes",
        "value",
        "messages",
        "statuses",
        "message_echoes",
        "contacts",
        "field",
        "metadata",
        "id",
        "type",
        "text",
        "body",
        "from",
        "to",
        "timestamp",
        "context",
        "image",
        "interactive",
        "reaction",
        "edit",
        "revoke",
        "system",
        "order",
        "product_items",
        "location",
        "errors",
        "status",
        "profile",
        "name",
        "wa_id",
        "message",
        "email",
        "phone",
        "subject",
        "fields",
        "button",
        "nfm_reply",
        "response_json",
        "message_id",
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec=None), max_size=20)
    | st.sampled_from(["text", "image", "reaction", "edit", "revoke", "system", "interactive", "order", "contacts"])
    | st.sampled_from(["location", "button", "1795000000", "-1", "1e400", "wamid.X", "messages", "sent", "failed"])
)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6))


def parsed(door: Door, body: bytes) -> tuple[Inbound, ...] | None:
    """The items, each of which can be stored; None where the door says it does not understand."""
    try:
        items = door.parse(raw_of(body, channel=door.spec.channel), region="NL").items
    except NotUnderstood:
        return None
    for item in items:
        stored = msgspec.json.encode(item)
        assert b"\\u0000" not in stored
        stored.decode()
        if isinstance(item, ContactArrived):
            assert item.occurred_at <= raw_of().received_at
            assert len(item.external_id) <= 512
    return items


def mutated(payload: Any, draw: st.DataObject) -> Any:
    """The payload with one value somewhere in it replaced."""
    copy = json.loads(json.dumps(payload))
    place, steps = copy, 0
    while isinstance(place, dict | list) and place and steps < 12:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or draw.draw(st.booleans()):
            place[key] = draw.draw(JSON)
            break
        place, steps = place[key], steps + 1
    return copy


@every_door
@given(value=JSON)
def test_any_json_is_understood_or_not_and_nothing_else(door: Door, value: Any) -> None:
    parsed(door, json.dumps(value).encode())


@every_door
@given(body=st.binary(max_size=200))
def test_any_bytes_are_understood_or_not_and_nothing_else(door: Door, body: bytes) -> None:
    parsed(door, body)


@pytest.mark.parametrize("door", UNDER_TEST[:2], ids=["form", "whatsapp"])
def test_a_payload_cut_off_anywhere_is_not_understood(door: Any) -> None:
    body = door.body()
    for end in range(len(body)):
        assert parsed(door.door, body[:end]) is None


@settings(max_examples=200)
@given(data=st.data())
def test_a_mutated_whatsapp_payload_always_gives_something(data: st.DataObject) -> None:
    payload = whatsapp_payload(
        whatsapp_text(),
        whatsapp_text(type="image", image={"id": "1", "caption": "x"}, id="wamid.2"),
        whatsapp_text(type="reaction", reaction={"message_id": "wamid.1", "emoji": "x"}, id="wamid.3"),
        whatsapp_text(type="interactive", interactive={"type": "nfm_reply", "nfm_reply": {"response_json": "{}"}}),
        whatsapp_text(type="order", order={"product_items": [{"quantity": 1, "product_retailer_id": "x"}]}),
        whatsapp_text(type="edit", edit={"original_message_id": "wamid.1", "message": whatsapp_text()}),
        whatsapp_text(type="system", system={"type": "user_changed_number", "wa_id": "316"}),
        statuses=[{"id": "wamid.9", "status": "failed", "timestamp": "1795000000", "errors": [{"code": 1}]}],
    )
    items = parsed(whatsapp, json.dumps(mutated(payload, data)).encode())
    assert items


@settings(max_examples=200)
@given(data=st.data())
def test_a_mutated_form_is_one_contact_or_names_what_is_wrong(data: st.DataObject) -> None:
    filled_in = {"name": "Sam", "email": "sam@shop.example", "phone": "0612345678", "message": "Hi", "fields": {"a": 1}}
    items = parsed(form, json.dumps(mutated(filled_in, data)).encode())
    assert items is None or len(items) == 1


@given(text=st.text(st.characters(codec=None)))
def test_clean_text_is_clean_and_stays_so(text: str) -> None:
    cleaned = clean_text(text)
    assert "\x00" not in cleaned
    assert cleaned.encode().decode() == cleaned
    assert clean_text(cleaned) == cleaned


@given(value=JSON)
def test_what_was_read_can_be_written_again(value: Any) -> None:
    try:
        read = read_json(json.dumps(value).encode())
    except NotUnderstood:
        return
    assert msgspec.json.decode(msgspec.json.encode(read)) == read


@given(status=st.integers(100, 599), body=st.binary(max_size=50) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_answer_of_a_platform_means_something(status: int, body: bytes) -> None:
    for outlet in OUTLETS.values():
        outcome = outlet.interpret(CallResult(status=status, body=body))
        assert isinstance(outcome, TakenOver | TryLater | SendRefused | OutcomeLost)
        if not 200 <= status < 300:
            assert not isinstance(outcome, TakenOver)
        elif not isinstance(outcome, TakenOver):
            assert isinstance(outcome, OutcomeLost)


@given(text=st.text(min_size=1, max_size=20), times=st.integers(1, 500), value=st.text(min_size=1, max_size=30))
def test_a_text_is_sent_whole_or_refused(text: str, times: int, value: str) -> None:
    to = HandleContent(kind=HandleKind.WHATSAPP, value=value)
    reply = Reply(contact_id=REPLY_ID, to=to, text=text * times)
    target = SendTarget(api_base="https://graph.example", sender_id="a/../b?c")
    try:
        call = OUTLETS[Channel.WHATSAPP].render(reply, target)
    except Refusal:
        assert len(reply.text) > whatsapp_replies.TEXT_LENGTH_MAX
        return
    assert call.body["text"]["body"] == reply.text
    assert call.url == "https://graph.example/v23.0/a%2F..%2Fb%3Fc/messages"
    assert len({"to", "recipient"} & call.body.keys()) == 1
