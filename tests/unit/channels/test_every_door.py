"""The conformance kit: what holds for every door, whatever its platform. Its table is printed at the end of the run."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
import pytest

from contracts.vocabulary import Channel, ContactKind, Direction
from services.channels.commands.receive_contact import ReceiveContact, receive_contact
from services.channels.commands.record_outcome import RecordOutcome, record_outcome
from services.channels.domain.channel_spec import StandardWebhook
from services.channels.domain.contact import Contact
from services.channels.domain.inbound import ContactArrived, Inbound
from services.channels.domain.normal_form import NotUnderstood
from services.channels.domain.outbound import TakenOver
from services.channels.domain.raw import RawInbound
from services.channels.providers import DOORS
from services.channels.reactions.record_item_on_raw_kept import record_item_on_raw_kept
from tests.unit.channels.door_under_test import OTHER_SECRET, SECRET, DoorUnderTest
from tests.unit.channels.doors_under_test import (
    DOORS_AND_TOY,
    POSTED,
    SIGNED,
    TOY_DOOR,
    UNDER_TEST,
    settings_under_test,
)
from tests.unit.channels.front_door import FrontDoor, front_door
from tests.unit.channels.golden_parses import file_of, parse
from tests.unit.channels.in_memory import NOW, REPLY_ID, ChannelsRecord, context, raw_of, requested


def channel_of(door: DoorUnderTest) -> str:
    return str(door.channel.path) if door.way == 0 else f"{door.channel.path}-{door.way + 1}"


every_door = pytest.mark.parametrize("door", POSTED, ids=channel_of)
every_parser = pytest.mark.parametrize("door", UNDER_TEST, ids=channel_of)
"""How a payload comes in is the door's business; what it says is read alike."""

every_signed_door = pytest.mark.parametrize("door", SIGNED, ids=channel_of)
every_door_with_signed_bodies = pytest.mark.parametrize(
    "door", [door for door in SIGNED if door.covers_body], ids=channel_of
)


@pytest.fixture
async def front() -> AsyncIterator[FrontDoor]:
    async with front_door(DOORS_AND_TOY, settings_under_test()) as opened:
        yield opened


def test_no_door_is_left_out() -> None:
    """Mail is no JSON: it has tests of its own."""
    assert {door.channel for door in UNDER_TEST} >= DOORS.keys() - {Channel.EMAIL}


@every_door
async def test_a_genuine_payload_is_kept_and_answered_as_its_platform_wants(
    front: FrontDoor, door: DoorUnderTest
) -> None:
    body = door.body()
    answer = await front.post(door.path, body, door.signed(body))
    assert (answer.status_code, answer.text) == (door.door.spec.answer_status, door.door.spec.answer_body)
    assert answer.headers["content-type"] == door.door.spec.answer_type
    (raw,) = front.store.kept.values()
    assert (raw.body, raw.channel) == (body, door.channel)


@every_signed_door
@pytest.mark.parametrize("damage", ["missing", "empty", "wrong", "other secret", "not even text"])
async def test_a_payload_that_is_not_genuine_is_refused_without_detail(
    front: FrontDoor, door: DoorUnderTest, damage: str
) -> None:
    body = door.body()
    headers, proof = door.signed(body), door.proof
    damaged: dict[str, dict[str, str]] = {
        "missing": {name: value for name, value in headers.items() if name != proof},
        "empty": {**headers, proof: ""},
        "wrong": {**headers, proof: headers[proof][:-4] + "0000"},
        "other secret": door.signed(body, "guessed"),
        "not even text": {**headers, proof: "\u00ff\u00fe"},
    }
    answer = await front.post(door.path, body, damaged[damage])
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorised")
    assert "secret" not in answer.text
    assert front.store.kept == {}


@every_door_with_signed_bodies
async def test_a_tampered_body_is_refused(front: FrontDoor, door: DoorUnderTest) -> None:
    answer = await front.post(door.path, door.body("Tampered"), door.signed(door.body()))
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorised")
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
    async with front_door(DOORS_AND_TOY, settings_under_test(OTHER_SECRET, SECRET)) as front:
        for number, secret in enumerate((OTHER_SECRET, SECRET)):
            body = door.body(f"Hello {number}")
            assert (await front.post(door.path, body, door.signed(body, secret))).status_code < 300


@every_signed_door
async def test_an_account_without_its_secret_lets_nobody_in(door: DoorUnderTest) -> None:
    async with front_door(DOORS_AND_TOY, settings_under_test("")) as front:
        body = door.body()
        for secret in ("", "anything"):
            headers = {**door.signed(body, "x"), door.proof: ""} if not secret else door.signed(body, secret)
            assert (await front.post(door.path, body, headers)).status_code == 401


@every_signed_door
async def test_a_replayed_payload_is_refused_for_its_age_or_changes_nothing(
    front: FrontDoor, door: DoorUnderTest
) -> None:
    body = door.body()
    old = door.signed(body, now=NOW - timedelta(hours=1))
    ages = isinstance(door.rule, StandardWebhook)
    for _ in range(2):
        answer = await front.post(door.path, body, old)
        assert answer.status_code == (401 if ages else door.door.spec.answer_status)
    assert len(front.store.kept) == (0 if ages else 1)


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
    body = door.dirty_body()
    answer = await front.post(door.path, body, door.signed(body))
    assert answer.status_code == door.door.spec.answer_status
    (raw,) = front.store.kept.values()
    (item,) = door.door.parse(raw, region="NL").items
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
async def test_what_cannot_be_read_at_all_is_not_understood_but_kept(front: FrontDoor, door: DoorUnderTest) -> None:
    malformed = (b'{"object": ', b"", b"NaN", b"[" * 5000, b'{"a":' * 200 + b"1" + b"}" * 200)
    for number, body in enumerate((b"",) if door.form else malformed):
        answer = await front.post(door.path, body, door.signed(body))
        expected = "malformed-form" if door.form else "malformed-json"
        assert (answer.status_code, answer.json()["error"]) == (422, expected), body[:20]
        assert len(front.store.refused) == number + 1


@every_parser
async def test_in_whatever_order_its_items_come_the_end_is_the_same(door: DoorUnderTest) -> None:
    payloads = (door.payload, *door.samples)
    tasks = [(raw, item) for payload in payloads for raw, item in items_of(door, payload)]
    ends = [await the_end_of(shuffled(tasks, seed)) for seed in range(20)]
    assert all(end == ends[0] for end in ends)


def shuffled(tasks: list[tuple[RawInbound, Inbound]], seed: int) -> list[tuple[RawInbound, Inbound]]:
    places = sorted(range(len(tasks)), key=lambda place: sha256(f"{seed} {place}".encode()).digest())
    return [tasks[place] for place in places]


def items_of(door: DoorUnderTest, payload: Any) -> list[tuple[RawInbound, Inbound]]:
    body = door.encoded(payload)
    raw = msgspec.structs.replace(raw_of(body, channel=door.channel), headers=door.kept(body))
    try:
        return [(raw, item) for item in door.door.parse(raw, region="NL").items]
    except NotUnderstood:
        return []


async def the_end_of(tasks: list[tuple[RawInbound, Inbound]]) -> dict[UUID, tuple[Any, ...]]:
    """What is known of each contact when everything was told."""
    record = ChannelsRecord()
    for number, (raw, item) in enumerate(tasks):
        await record_item_on_raw_kept(item, raw, context(str(number)), record=record, directory=record)
    ends: dict[UUID, tuple[Any, ...]] = {}
    for stream_id, facts in record.facts.items():
        contact = await record.load(Contact, stream_id) if facts[0].TOPIC.startswith("channels.contact.") else None
        # What was taken back has no text that an edit could change.
        edit = contact.newest_edit if contact is not None and not contact.removed else None
        ends[stream_id] = (contact.external_id, edit, contact.removed) if contact is not None else ()
    return ends


@pytest.mark.parametrize("door", [door for door in UNDER_TEST if door.echo is not None], ids=channel_of)
async def test_the_echo_of_our_own_reply_is_no_contact(door: DoorUnderTest) -> None:
    assert door.echo is not None
    (raw, item), *_ = items_of(door, door.echo)
    assert isinstance(item, ContactArrived)
    assert item.direction is Direction.OUTBOUND
    record = ChannelsRecord()
    await requested(record, channel=door.channel, account=raw.account)
    command = RecordOutcome(REPLY_ID, raw.account_id, TakenOver(item.external_id))
    await record_outcome(command, context("taken"), record=record, directory=record)
    before = len(record.all_facts())
    await receive_contact(ReceiveContact(item, raw), context("echo"), record=record, directory=record)
    assert len(record.all_facts()) == before


@every_parser
def test_payloads_of_before_are_read_as_they_were(door: DoorUnderTest) -> None:
    kept = json.loads(file_of(door).read_text(encoding="utf-8"))
    assert kept
    for each in kept:
        assert parse(door, each["payload"])["items"] == each["items"]


async def test_a_door_that_exists_only_in_a_test_is_one_small_class(front: FrontDoor) -> None:
    toy = TOY_DOOR
    body = toy.body("Fine service")
    assert (await front.post(toy.path, body, toy.signed(body))).status_code == 200
    (item,) = toy.door.parse(raw_of(body, channel=toy.channel), region="NL").items
    assert isinstance(item, ContactArrived)
    assert (item.kind, item.content.text) == (ContactKind.REVIEW, "Fine service")
