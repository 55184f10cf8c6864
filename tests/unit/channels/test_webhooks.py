from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from contracts.vocabulary import Channel
from services.channels.domain.verification import sign_twilio
from services.channels.http import webhooks
from services.channels.http.answers import Message
from services.channels.http.body import DRAIN_BYTES_MAX, BodyTooLarge, ClientGone, read_body
from services.channels.settings import AccountSettings, ChannelsSettings
from tests.unit.channels.doors_under_test import DOORS_AND_TOY, WHATSAPP_DOOR, settings_under_test
from tests.unit.channels.front_door import FrontDoor, front_door

FORM = "/channels/form/account-1"
WHATSAPP = "/channels/whatsapp/account-1"
CARE = "care+nl@shop:1"
"""A name in which much stands that is quoted elsewhere."""


@pytest.fixture
async def front() -> AsyncIterator[FrontDoor]:
    async with front_door(DOORS_AND_TOY, settings_under_test()) as opened:
        yield opened


async def test_a_signed_address_is_the_one_that_the_sender_was_told() -> None:
    secrets = {"auth_token": ("12345",), "public_url": ("https://care.shop.example",)}
    account = AccountSettings(channel=Channel.SMS, account=CARE, name="Care", secrets=secrets)
    status = {"MessageSid": ["SM1"], "MessageStatus": ["delivered"]}
    headers = {"content-type": "application/x-www-form-urlencoded"}
    headers["x-twilio-signature"] = sign_twilio(f"https://care.shop.example/channels/sms/{CARE}", status, "12345")
    async with front_door(DOORS_AND_TOY, ChannelsSettings.of((account,), region="NL", digest="d")) as front:
        answer = await front.post(f"/channels/sms/{CARE}", urlencode(status, doseq=True).encode(), headers)
    assert answer.status_code == 200


async def fill_in(front: FrontDoor, form: Any, *, key: str | None = "key-1") -> httpx.Response:
    headers = {"Idempotency-Key": key} if key is not None else {}
    return await front.post(FORM, json.dumps(form).encode(), headers)


async def test_a_form_without_a_key_is_told_so_and_kept(front: FrontDoor) -> None:
    for key in (None, "", "   "):
        answer = await fill_in(front, {"message": "Hello"}, key=key)
        assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key")
    assert len(front.store.refused) == 1
    assert (await fill_in(front, {"message": "Hello"}, key="k" * 256)).status_code == 422


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"message": "x", "colour": "red"}, "colour"),
        ({}, "message"),
        ({"message": ""}, "message"),
        ({"message": " \n"}, "message"),
        ({"message": "\x00"}, "message"),
        ({"message": None}, "message"),
        ({"message": 7}, "message"),
        ({"message": "x", "email": 7}, "email"),
        ({"message": "x", "name": ["x"]}, "name"),
        ({"message": "x", "fields": "x"}, "fields"),
    ],
)
async def test_a_form_that_cannot_be_read_names_its_field_and_does_not_use_up_its_key(
    front: FrontDoor, form: dict[str, Any], field: str
) -> None:
    wrong = await fill_in(front, form)
    assert (wrong.status_code, wrong.json()["field"]) == (422, field)
    assert len(front.store.refused) == 1
    assert (await fill_in(front, {"message": "Good now"})).status_code == 202


async def test_a_form_that_grows_beyond_what_can_be_told_is_refused_and_does_not_use_up_its_key(
    front: FrontDoor,
) -> None:
    control = b'{"message":"' + b"\x01" * (1024 * 1024 - 14) + b'"}'
    answer = await front.post(FORM, control, {"Idempotency-Key": "key-1"})
    assert (answer.status_code, answer.json()["error"]) == (422, "content-too-large")
    assert len(front.store.refused) == 1
    assert (await fill_in(front, {"message": "x" * 1_000_000})).status_code == 202


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"7", b"null"])
async def test_a_body_that_is_no_object_is_malformed(front: FrontDoor, body: bytes) -> None:
    answer = await front.post(FORM, body, {"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["error"]) == (422, "malformed-json")


async def test_a_key_is_good_for_one_body(front: FrontDoor) -> None:
    assert (await fill_in(front, {"message": "one"})).status_code == 202
    assert (await fill_in(front, {"message": "one"})).status_code == 202
    other = await fill_in(front, {"message": "two"})
    assert (other.status_code, other.json()["error"], other.json()["field"]) == (409, "key-reused", "Idempotency-Key")
    assert (await fill_in(front, {"message": "two"}, key="key-2")).status_code == 202
    assert len(front.store.kept) == 2


async def test_a_422_after_a_202_leaves_the_first_one_in_force(front: FrontDoor) -> None:
    assert (await fill_in(front, {"message": "one"})).status_code == 202
    assert (await fill_in(front, {"message": ""})).status_code == 422
    assert (await fill_in(front, {"message": "one"})).status_code == 202


@pytest.mark.parametrize(
    "path",
    ["/channels/pigeon/1", "/channels/form/nobody", "/channels/form", "/channels", "/channels/form/account-1/more"],
)
async def test_what_is_not_there_is_not_found_whatever_the_body(front: FrontDoor, path: str) -> None:
    answer = await front.post(path, b"x" * 2_000_000, {"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["error"]) == (404, "not-found")


async def test_the_handshake_is_answered_to_whoever_knows_the_token(front: FrontDoor) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "please"}
    answer = await front.client.get(WHATSAPP, params=asked)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")
    second = await front.client.get(WHATSAPP, params={**asked, "hub.verify_token": "pretty please"})
    assert second.status_code == 200
    for changes in ({"hub.verify_token": "guess"}, {"hub.verify_token": ""}, {"hub.mode": "unsubscribe"}):
        assert (await front.client.get(WHATSAPP, params={**asked, **changes})).status_code == 401
    assert (await front.client.get(WHATSAPP)).status_code == 401
    assert (await front.client.get(WHATSAPP + "?" + "a=1&" * 100)).status_code == 401


async def test_other_methods_are_not_allowed(front: FrontDoor) -> None:
    for method, path, allowed in (("GET", FORM, "POST"), ("PUT", WHATSAPP, "GET, POST"), ("DELETE", FORM, "POST")):
        answer = await front.client.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


async def test_whatever_is_unknown_in_a_signed_payload_is_taken(front: FrontDoor) -> None:
    door = WHATSAPP_DOOR
    for number, payload in enumerate(({}, {"object": "page"}, {"entry": 7}, {"entry": [{"changes": [None, {}]}]})):
        body = json.dumps(payload).encode()
        assert (await front.post(WHATSAPP, body, door.signed(body))).status_code == 200
        assert len(front.store.kept) == number + 1


async def test_more_than_can_be_held_at_once_is_to_come_again(
    front: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "REQUESTS_MAX", 0)
    assert (await fill_in(front, {"message": "one"})).status_code == 503


class Wire:
    """What a server hands out of a request's body."""

    def __init__(self, *messages: Message) -> None:
        self.messages = list(messages)
        self.taken = 0

    async def receive(self) -> Message:
        message = self.messages.pop(0)
        self.taken += len(message.get("body", b""))
        return message


def chunk(size: int, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": b"x" * size, "more_body": more}


async def test_a_body_that_is_too_large_is_drained_to_its_end() -> None:
    wire = Wire(chunk(60), chunk(60), chunk(60, more=False))
    with pytest.raises(BodyTooLarge) as problem:
        await read_body(wire.receive, {}, bytes_max=100)
    assert (problem.value.drained, wire.taken) == (True, 180)
    announced = Wire(chunk(180, more=False))
    with pytest.raises(BodyTooLarge) as problem:
        await read_body(announced.receive, {"content-length": "180"}, bytes_max=100)
    assert (problem.value.drained, announced.taken) == (True, 180)


async def test_draining_has_an_end() -> None:
    mebibyte = 1024 * 1024
    wire = Wire(*(chunk(mebibyte) for _ in range(64)))
    with pytest.raises(BodyTooLarge) as problem:
        await read_body(wire.receive, {}, bytes_max=100)
    assert not problem.value.drained
    assert wire.taken == DRAIN_BYTES_MAX + mebibyte


async def test_who_waits_for_a_word_before_sending_is_answered_at_once() -> None:
    wire = Wire()
    with pytest.raises(BodyTooLarge) as problem:
        await read_body(wire.receive, {"content-length": "999", "expect": "100-continue"}, bytes_max=100)
    assert not problem.value.drained


async def test_who_hangs_up_gets_no_answer() -> None:
    for wire in (Wire(chunk(10), {"type": "http.disconnect"}), Wire(chunk(200), {"type": "http.disconnect"})):
        with pytest.raises(ClientGone):
            await read_body(wire.receive, {}, bytes_max=100)
