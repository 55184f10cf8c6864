"""Whatever a platform sends, a door answers in its own words and never raises anything else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.content import HandleContent
from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.text_length import fits
from contracts.vocabulary import Channel, Refusal, RefusalCode, Visibility
from services.channels.domain.inbound import ContactArrived, Inbound
from services.channels.domain.normal_form import NotUnderstood, clean_text, read_form, read_json
from services.channels.domain.outbound import (
    CallResult,
    HttpCall,
    OutcomeLost,
    Reply,
    SendRefused,
    SendTarget,
    TakenOver,
    TryLater,
)
from services.channels.providers import OUTLETS
from tests.unit.channels.door_under_test import DoorUnderTest
from tests.unit.channels.doors_under_test import UNDER_TEST
from tests.unit.channels.in_memory import REPLY_ID, raw_of

every_door = pytest.mark.parametrize("door", UNDER_TEST, ids=lambda each: str(each.channel.path))
every_outlet = pytest.mark.parametrize(
    "channel",
    [channel for channel in OUTLETS if isinstance(channel, Channel) and channel not in {Channel.EMAIL, Channel.CHAT}],
    ids=lambda each: str(each.path),
)


def keys_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from keys_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_in(inner)


def words_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from words_in(inner)
    elif isinstance(value, str):
        yield value


PAYLOADS = [payload for door in UNDER_TEST for payload in (door.payload, *door.samples)]
KEYS = st.sampled_from(sorted({key for payload in PAYLOADS for key in keys_in(payload)}))
WORDS = st.sampled_from(sorted({word for payload in PAYLOADS for word in words_in(payload)}))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec=None), max_size=20)
    | st.sampled_from(["-1", "1e400", "9" * 30, "0001-01-01T00:00:00+14:00", "x" * 600])
    | WORDS
)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6))


def parsed(door: DoorUnderTest, body: bytes) -> tuple[Inbound, ...] | None:
    """The items, each of which can be stored; None where the door says it does not understand."""
    raw = msgspec.structs.replace(raw_of(body, channel=door.channel), headers=door.kept(body))
    try:
        items = door.door.parse(raw, region="NL").items
    except NotUnderstood:
        return None
    assert items
    for item in items:
        stored = msgspec.json.encode(item)
        assert b"\\u0000" not in stored
        stored.decode()
        if isinstance(item, ContactArrived):
            assert item.occurred_at <= raw.received_at
            assert 0 < len(item.external_id) <= 512
            assert all(handle.value for handle in item.content.handles)
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
def test_any_json_is_understood_or_not_and_nothing_else(door: DoorUnderTest, value: Any) -> None:
    parsed(door, json.dumps(value).encode())


@every_door
@given(body=st.binary(max_size=200))
def test_any_bytes_are_understood_or_not_and_nothing_else(door: DoorUnderTest, body: bytes) -> None:
    parsed(door, body)


@every_door
def test_a_payload_cut_off_anywhere_is_not_understood_or_read_as_far_as_it_goes(door: DoorUnderTest) -> None:
    body = door.body()
    for end in range(len(body)):
        items = parsed(door, body[:end])
        assert door.form or items is None


@every_door
@settings(max_examples=60)
@given(data=st.data())
def test_a_mutated_payload_is_read_or_named_wrong(door: DoorUnderTest, data: st.DataObject) -> None:
    payload = data.draw(st.sampled_from([door.payload, *door.samples]))
    changed = mutated(payload, data)
    if door.form and not isinstance(changed, dict):
        return
    parsed(door, door.encoded(changed))


@every_door
def test_the_items_of_a_payload_stand_for_themselves(door: DoorUnderTest) -> None:
    """Whatever stands beside it, an item is read the same; read again, a payload says the same."""
    for payload in (door.payload, *door.samples):
        body = door.encoded(payload)
        first = parsed(door, body)
        assert first is not None
        assert parsed(door, body) == first


@given(text=st.text(st.characters(codec=None)))
def test_clean_text_is_clean_and_stays_so(text: str) -> None:
    cleaned = clean_text(text)
    assert "\x00" not in cleaned
    assert cleaned.encode().decode() == cleaned
    assert clean_text(cleaned) == cleaned


@given(value=JSON, escaped=st.booleans())
def test_what_was_read_is_clean_and_can_be_written_again(value: Any, *, escaped: bool) -> None:
    try:
        read = read_json(json.dumps(value, ensure_ascii=escaped).encode("utf-8", "surrogatepass"))
    except NotUnderstood:
        return
    assert all(clean_text(text) == text for text in (*words_in(read), *keys_in(read)))
    assert msgspec.json.decode(msgspec.json.encode(read)) == read


@given(body=st.binary(max_size=200) | st.text("ab=&%0ED8C+", max_size=40).map(str.encode))
def test_a_form_is_clean_text_or_no_form(body: bytes) -> None:
    try:
        fields = read_form(body)
    except NotUnderstood:
        return
    for text in (*fields, *fields.values()):
        assert clean_text(text) == text


@every_outlet
@given(status=st.integers(100, 599), body=st.binary(max_size=50) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_answer_of_a_platform_means_something(channel: Channel, status: int, body: bytes) -> None:
    outcome = OUTLETS[channel].interpret(CallResult(status=status, body=body))
    assert isinstance(outcome, TakenOver | TryLater | SendRefused | OutcomeLost)


TARGET = SendTarget(
    api_base="https://platform.example",
    sender_id="a/../b?c",
    secrets=dict.fromkeys(("bot_token", "auth_token", "account_sid", "access_token", "signing_secret"), "c2VjcmV0"),
)


def rendered(channel: Channel, reply: Reply) -> object:
    try:
        return OUTLETS[channel].render(reply, TARGET)
    except Refusal as refusal:
        return refusal


@every_outlet
@given(
    text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
    times=st.integers(1, 800),
    value=st.text(st.characters(codec="utf-8"), min_size=1, max_size=30),
    visibility=st.sampled_from([Visibility.PRIVATE, Visibility.PUBLIC]),
)
def test_a_text_is_sent_whole_or_refused(
    channel: Channel, text: str, times: int, value: str, visibility: Visibility
) -> None:
    capability = REPLY_CAPABILITIES[channel]
    to = HandleContent(kind=capability.handle_kind, value=value)
    reply = Reply(contact_id=REPLY_ID, to=to, text=text * times, in_reply_to="m/../1", visibility=visibility)
    whole = fits(reply.text, capability.limit(visibility))
    call = rendered(channel, reply)
    if isinstance(call, Refusal):
        assert call.code is not RefusalCode.TEXT_TOO_LONG or not whole
        return
    assert isinstance(call, HttpCall)
    assert whole
    assert reply.text in words_in(call.body)
    assert call.url.startswith("https://platform.example")
    assert "/../" not in call.url
