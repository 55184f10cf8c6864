"""The conformance kit: what holds for every door, whatever its platform."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from contracts.vocabulary import ContactKind
from services.channels.commands.receive_contact import ReceiveContact, receive_contact
from services.channels.domain.inbound import ContactArrived
from tests.unit.channels.doors_under_test import (
    DOORS_AND_TOY,
    OTHER_SECRET,
    SIGNED,
    UNDER_TEST,
    DoorUnderTest,
    settings_under_test,
)
from tests.unit.channels.front_door import FrontDoor, front_door
from tests.unit.channels.in_memory import ChannelsRecord, context, raw_of

every_door = pytest.mark.parametrize("door", UNDER_TEST, ids=lambda each: str(each.channel.path))
every_signed_door = pytest.mark.parametrize("door", SIGNED, ids=lambda each: str(each.channel.path))


@pytest.fixture
async def front() -> AsyncIterator[FrontDoor]:
    async with front_door(DOORS_AND_TOY, settings_under_test()) as opened:
        yield opened


@every_door
async def test_a_genuine_payload_is_kept_and_answered_as_its_platform_wants(
    front: FrontDoor, door: DoorUnderTest
) -> None:
    body = door.body()
    answer = await front.post(door.path, body, door.signed(body))
    assert (answer.status_code, answer.json()) == (door.door.spec.answer_status, {"status": "accepted"})
    (raw,) = front.store.kept.values()
    assert (raw.body, raw.channel) == (body, door.channel)


@every_signed_door
@pytest.mark.parametrize("damage", ["missing", "empty", "wrong", "tampered", "other secret", "not even text"])
async def test_a_payload_that_is_not_genuine_is_refused_without_detail(
    front: FrontDoor, door: DoorUnderTest, damage: str
) -> None:
    body = door.body()
    headers = door.signed(body)
    (name,) = headers.keys() - door.headers.keys()
    damaged: dict[str, dict[str, str]] = {
        "missing": door.headers,
        "empty": {**headers, name: ""},
        "wrong": {**headers, name: headers[name][:-4] + "0000"},
        "tampered": headers,
        "other secret": door.signed(body, "guessed"),
        "not even text": {**headers, name: "\u00ff\u00fe"},
    }
    sent = door.body("Tampered") if damage == "tampered" else body
    answer = await front.post(door.path, sent, damaged[damage])
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorised")
    assert "secret" not in answer.text
    assert front.store.kept == {}


@every_signed_door
async def test_a_payload_for_another_account_is_refused(front: FrontDoor, door: DoorUnderTest) -> None:
    body = door.body()
    answer = await front.post(door.path.replace("account-1", "account-2"), body, door.signed(body))
    assert answer.status_code == 401
    unknown = await front.post(door.path.replace("account-1", "nobody"), body, door.signed(body))
    assert (unknown.status_code, unknown.json()["error"]) == (404, "not-found")


@every_signed_door
async def test_while_a_secret_is_changed_both_are_good(door: DoorUnderTest) -> None:
    async with front_door(DOORS_AND_TOY, settings_under_test(OTHER_SECRET, "secret-of-a-test")) as front:
        for number, secret in enumerate((OTHER_SECRET, "secret-of-a-test")):
            body = door.body(f"Hello {number}")
            assert (await front.post(door.path, body, door.signed(body, secret))).status_code < 300


@every_signed_door
async def test_an_account_without_its_secret_lets_nobody_in(door: DoorUnderTest) -> None:
    async with front_door(DOORS_AND_TOY, settings_under_test("")) as front:
        body = door.body()
        for secret in ("", "anything"):
            assert (await front.post(door.path, body, door.signed(body, secret))).status_code == 401


@every_door
async def test_twenty_times_the_same_payload_is_one_contact(front: FrontDoor, door: DoorUnderTest) -> None:
    body = door.body()
    answers = await asyncio.gather(*(front.post(door.path, body, door.signed(body)) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {door.door.spec.answer_status}
    (raw,) = front.store.kept.values()
    record = ChannelsRecord()
    for number in range(20):
        (item,) = door.door.parse(raw, region="NL").items
        assert isinstance(item, ContactArrived)
        command = ReceiveContact(item, raw)
        await receive_contact(command, context(str(number)), record=record, directory=record)
    assert len(record.all_facts()) == 1


@every_door
async def test_nul_and_lone_surrogates_are_cleaned(front: FrontDoor, door: DoorUnderTest) -> None:
    body = door.body("PLACE").replace(b"PLACE", rb"a\u0000b\ud800c\udc00 e\u0301")
    answer = await front.post(door.path, body, door.signed(body))
    assert answer.status_code == door.door.spec.answer_status
    (item,) = door.door.parse(raw_of(body, channel=door.channel), region="NL").items
    assert isinstance(item, ContactArrived)
    assert item.content.text == "abc é"


@every_door
async def test_a_body_over_the_limit_gets_its_answer(front: FrontDoor, door: DoorUnderTest) -> None:
    body = b"x" * (door.door.spec.body_bytes_max + 1)
    for chunked in (False, True):
        answer = await front.post(door.path, body, door.headers, chunked=chunked)
        assert (answer.status_code, answer.json()["error"]) == (413, "too-large")
    assert front.store.kept == {}


@every_door
async def test_what_cannot_be_stored_is_to_come_again(front: FrontDoor, door: DoorUnderTest) -> None:
    front.store.away = True
    body = door.body()
    answer = await front.post(door.path, body, door.signed(body))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


@every_door
async def test_malformed_json_is_not_understood_but_kept(front: FrontDoor, door: DoorUnderTest) -> None:
    for number, body in enumerate((b'{"object": ', b"", b"NaN", b"[" * 5000, b'{"a":' * 200 + b"1" + b"}" * 200)):
        answer = await front.post(door.path, body, door.signed(body))
        assert (answer.status_code, answer.json()["error"]) == (422, "malformed-json"), body[:20]
        assert len(front.store.refused) == number + 1


async def test_a_door_that_exists_only_in_a_test_is_one_small_class(front: FrontDoor) -> None:
    toy = UNDER_TEST[-1]
    body = toy.body("Fine service")
    assert (await front.post(toy.path, body, toy.signed(body))).status_code == 200
    (item,) = toy.door.parse(raw_of(body, channel=toy.channel), region="NL").items
    assert isinstance(item, ContactArrived)
    assert (item.kind, item.content.text) == (ContactKind.REVIEW, "Fine service")
