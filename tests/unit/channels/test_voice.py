"""What a telephone switch and Twilio tell of calls: who was missed wants a call back, and nothing else is a contact."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import permutations
from typing import Any
from urllib.parse import urlencode

import pytest

from contracts.content import HandleContent
from contracts.vocabulary import Channel, ContactKind, HandleAssurance, HandleKind
from services.channels.domain.inbound import ContactArrived, ContactEdited, Ignored, Inbound
from services.channels.providers import voice
from tests.unit.channels import twilio_payloads as told
from tests.unit.channels.in_memory import raw_of

SAM = HandleContent(kind=HandleKind.PHONE, value=told.CUSTOMER)


def parsed(fields: dict[str, Any], *, as_json: bool = False) -> Inbound:
    body = json.dumps(fields).encode() if as_json else urlencode(fields, doseq=True).encode()
    (item,) = voice.parse(raw_of(body, channel=Channel.VOICE), region="NL").items
    return item


def arrived(fields: dict[str, Any], *, as_json: bool = False) -> ContactArrived:
    item = parsed(fields, as_json=as_json)
    assert isinstance(item, ContactArrived)
    return item


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("cause", ["cancel", "noAnswer", "busy", "congestion"])
def test_a_call_that_ended_before_anybody_answered_wants_a_call_back(cause: str, as_json: bool) -> None:
    item = arrived(told.push(cause=cause), as_json=as_json)
    assert (item.kind, item.assurance, item.flags) == (ContactKind.CALL, HandleAssurance.PLATFORM, ("missed-call",))
    assert (item.external_id, item.content.handles) == ("4991155921769858278-1", (SAM,))
    assert item.content.fields["call"]["cause"] == cause


def test_what_was_spoken_to_a_machine_is_its_text() -> None:
    item = arrived(told.push(cause="normalClearing", user="voicemail", text="Please call me"))
    assert (item.flags, item.content.text) == (("missed-call", "voicemail"), "Please call me")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (told.push("newCall"), "call-under-way"),
        (told.push("answer", user=["anna", "bram"]), "call-under-way"),
        (told.push(cause="normalClearing"), "call-answered"),
        (told.push(cause="forwarded"), "call-answered"),
        (told.push(direction="out"), "outbound-call"),
        (told.push("transfer"), "unknown-event"),
        (told.call("ringing"), "call-under-way"),
        (told.call("completed"), "call-answered"),
        (told.call("no-answer", Direction="outbound-api"), "outbound-call"),
    ],
)
def test_a_call_somebody_is_or_was_at_asks_nothing_more_of_us(fields: dict[str, Any], reason: str) -> None:
    assert parsed(fields) == Ignored(reason)


@pytest.mark.parametrize("status", ["busy", "no-answer", "canceled", "failed"])
def test_twilio_tells_of_a_missed_call_by_the_call_or_by_whom_it_dialled(status: str) -> None:
    item = arrived(told.call(status))
    assert (item.external_id, item.flags, item.content.handles) == ("CA1", ("missed-call",), (SAM,))
    assert item.occurred_at == datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert arrived(told.call("completed", DialCallStatus=status)).external_id == "CA1"


def test_in_whatever_order_its_events_come_a_missed_call_is_one_contact() -> None:
    events = [told.push("newCall"), told.push("hangup"), told.push("hangup")]
    for order in permutations(events):
        found = {item.external_id for event in order if isinstance(item := parsed(event), ContactArrived)}
        assert found == {"4991155921769858278-1"}


def test_a_recording_is_of_its_call_and_its_words_come_later() -> None:
    item = arrived(told.RECORDED)
    assert (item.external_id, item.in_reply_to) == ("RE1", "CA1")
    assert [each.external_id for each in item.content.attachments] == ["https://api.twilio.example/Recordings/RE1"]
    words = parsed(told.TRANSCRIBED)
    assert isinstance(words, ContactEdited)
    assert (words.external_id, words.text) == ("RE1", "Please call me")


@pytest.mark.parametrize("shown", ["anonymous", "+266696687", "Restricted", ""])
def test_who_does_not_show_a_number_is_missed_all_the_same(shown: str) -> None:
    item = arrived(told.call(From=shown))
    assert (item.content.handles, item.flags) == ((), ("missed-call", "anonymous"))
    assert item.assurance is HandleAssurance.SELF_ASSERTED


@pytest.mark.parametrize("shown", ["31612345678", "+31612345678", "0031612345678", "0612345678"])
def test_a_number_is_the_same_however_a_switch_writes_it(shown: str) -> None:
    assert arrived(told.push(**{"from": shown})).content.handles == (SAM,)
