"""What Twilio tells of short messages, in our words, and how a reply leaves as some."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from contracts.content import AttachmentContent, HandleContent
from contracts.vocabulary import Channel, DeliveryStatus, HandleAssurance, HandleKind, Refusal
from services.channels.domain.inbound import ContactArrived, Ignored, Inbound, Parsed, StatusReported
from services.channels.domain.outbound import (
    CallResult,
    OutcomeLost,
    Reply,
    SendRefused,
    SendTarget,
    TakenOver,
    TryLater,
)
from services.channels.providers import sms, sms_replies
from tests.unit.channels import twilio_payloads as told
from tests.unit.channels.in_memory import NOW, REPLY_ID, raw_of

SAM = HandleContent(kind=HandleKind.PHONE, value=told.CUSTOMER)
SECRETS = {"account_sid": "AC1", "auth_token": "token", "public_url": "https://care.shop.example/"}
TARGET = SendTarget(
    api_base="https://twilio.example", sender_id=told.OURS, secrets=SECRETS, path="/channels/sms/account-1"
)


def read(fields: dict[str, Any]) -> Parsed:
    return sms.parse(raw_of(urlencode(fields).encode(), channel=Channel.SMS), region="NL")


def parsed(fields: dict[str, Any]) -> Inbound:
    (item,) = read(fields).items
    return item


def arrived(fields: dict[str, Any]) -> ContactArrived:
    item = parsed(fields)
    assert isinstance(item, ContactArrived)
    return item


def test_a_short_message_is_a_contact_of_the_number_that_the_network_shows() -> None:
    item = arrived(told.sms("Where is it? één"))
    assert (item.external_id, item.assurance, item.flags) == ("SM1", HandleAssurance.PLATFORM, ())
    assert (item.content.handles, item.content.text) == ((SAM,), "Where is it? één")
    assert item.occurred_at == NOW
    assert read(told.sms()).sender_id == told.OURS


def test_a_name_instead_of_a_number_is_nobody_who_can_be_answered() -> None:
    for shown in ("SHOPNAME", "1008"):
        item = arrived(told.sms(From=shown))
        assert (item.assurance, item.flags) == (HandleAssurance.SELF_ASSERTED, ("cannot-be-answered",))


def test_pictures_come_along_by_their_address() -> None:
    (picture,) = arrived(told.MMS).content.attachments
    assert picture == AttachmentContent(external_id="https://api.twilio.example/Media/ME1", media_type="image/jpeg")


@pytest.mark.parametrize(
    ("fields", "flags"),
    [
        (told.sms("STOP"), ("opt-out",)),
        (told.sms(" stop. "), ("opt-out",)),
        (told.sms("Afmelden"), ("opt-out",)),
        (told.sms("weg ermee", OptOutType="STOP"), ("opt-out",)),
        (told.sms("START"), ("opt-in",)),
        (told.sms("Stop the delivery please"), ()),
    ],
)
def test_a_word_that_ends_all_messages_is_seen_and_a_sentence_with_it_is_not(
    fields: dict[str, Any], flags: tuple[str, ...]
) -> None:
    assert arrived(fields).flags == flags


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("queued", DeliveryStatus.ACCEPTED),
        ("sending", DeliveryStatus.ACCEPTED),
        ("sent", DeliveryStatus.SENT),
        ("delivered", DeliveryStatus.DELIVERED),
        ("read", DeliveryStatus.READ),
    ],
)
def test_a_status_tells_how_far_a_message_of_ours_has_come(said: str, status: DeliveryStatus) -> None:
    assert parsed(told.sms_status(said)) == StatusReported(external_id="SM9", status=status, occurred_at=NOW)


def test_a_failure_says_why_and_whether_another_try_may_help() -> None:
    item = parsed(told.sms_status("undelivered", ErrorCode="30003"))
    assert isinstance(item, StatusReported)
    assert (item.status, item.code, item.retryable) == (DeliveryStatus.FAILED, "30003", True)
    item = parsed(told.sms_status("failed", ErrorCode="30006"))
    assert isinstance(item, StatusReported)
    assert not item.retryable
    assert parsed(told.sms_status("dreaming")) == Ignored("unknown-status")


def reply(text: str = "Tomorrow.", **more: Any) -> Reply:
    return Reply(contact_id=REPLY_ID, to=SAM, text=text, **more)


def test_a_reply_leaves_from_the_number_that_was_written_to_and_asks_for_its_statuses() -> None:
    call = sms_replies.render(reply(), TARGET)
    assert (call.url, call.form) == ("https://twilio.example/2010-04-01/Accounts/AC1/Messages.json", True)
    assert call.headers["Authorization"] == "Basic " + base64.b64encode(b"AC1:token").decode()
    assert call.body == {
        "To": told.CUSTOMER,
        "From": told.OURS,
        "Body": "Tomorrow.",
        "StatusCallback": "https://care.shop.example/channels/sms/account-1",
    }


@pytest.mark.parametrize(
    ("text", "fits"), [("x" * 1530, True), ("x" * 1531, False), ("ж" * 670, True), ("ж" * 671, False)]
)
def test_length_is_counted_in_short_messages(text: str, fits: bool) -> None:
    if fits:
        assert sms_replies.render(reply(text), TARGET).body["Body"] == text
    else:
        with pytest.raises(Refusal) as refused:
            sms_replies.render(reply(text), TARGET)
        assert refused.value.code == "TEXT_TOO_LONG"


def test_who_said_stop_is_not_written_to() -> None:
    with pytest.raises(Refusal) as refused:
        sms_replies.render(reply(answered_flags=("opt-out",)), TARGET)
    assert refused.value.code == "RECIPIENT_OPTED_OUT"


def test_without_an_account_nothing_can_be_sent() -> None:
    with pytest.raises(Refusal):
        sms_replies.render(reply(), SendTarget(api_base="https://twilio.example", sender_id=told.OURS))


def answer(http_status: int, **body: Any) -> CallResult:
    return CallResult(status=http_status, body=msgspec.json.encode(body))


def test_what_twilio_answers_means_something() -> None:
    assert sms_replies.interpret(answer(201, sid="SM9", status="queued")) == TakenOver("SM9")
    assert sms_replies.interpret(answer(201)) == OutcomeLost("taken without an id")
    assert isinstance(sms_replies.interpret(answer(429, code=20429, message="Too Many Requests")), TryLater)
    assert isinstance(sms_replies.interpret(answer(400, code=21611, message="queue is full")), TryLater)
    stopped = sms_replies.interpret(answer(400, code=21610, message="The recipient +31612345678 is unsubscribed"))
    assert stopped == SendRefused(code="RECIPIENT_OPTED_OUT", reason="The recipient +… is unsubscribed")
    long = sms_replies.interpret(answer(400, code=21617, message="too long"))
    assert isinstance(long, SendRefused)
    assert long.code == "TEXT_TOO_LONG"
