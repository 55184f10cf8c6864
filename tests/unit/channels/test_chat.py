"""The chat's own words: frames, identities, allowances, and what is kept of them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.content import HandleContent
from contracts.vocabulary import (
    Channel,
    DeliveryStatus,
    HandleAssurance,
    HandleKind,
    Refusal,
    RefusalCode,
)
from services.channels.commands.receive_contact import ReceiveContact, receive_contact
from services.channels.commands.record_outcome import RecordOutcome, record_outcome
from services.channels.domain.chat_frames import FRAME_BYTES_MAX, TEXT_LENGTH_MAX, Hello, Said, read_frame
from services.channels.domain.chat_identity import Identity, IdentityRefused, read_identity, sign_identity
from services.channels.domain.chat_pace import ChatLimits, Pace, Places
from services.channels.domain.delivery import Delivery
from services.channels.domain.inbound import ContactArrived, Inbound, StatusReported
from services.channels.domain.normal_form import NotUnderstood
from services.channels.domain.outbound import CallResult, Reply, SendRefused, SendTarget, TakenOver
from services.channels.domain.raw import account_id_of
from services.channels.domain.trace import handle_trace
from services.channels.providers import chat, chat_replies
from tests.unit.channels import chat_payloads as told
from tests.unit.channels import google_payloads
from tests.unit.channels.in_memory import NOW, REPLY_ID, ChannelsRecord, context, raw_of, requested
from tests.unit.channels.test_google_reviews import parsed as parsed_by_google

SECRET = "identity-secret-of-a-test"
SOON = int(NOW.timestamp()) + 60
VISITOR = HandleContent(kind=HandleKind.CHAT_VISITOR, value=told.SESSION)
TARGET = SendTarget(api_base="", sender_id="web", path="/channels/chat/web")


def parsed(payload: Any) -> list[Inbound]:
    return list(
        chat.parse(raw_of(json.dumps(payload).encode(), channel=Channel.CHAT, account="web"), region="NL").items
    )


def test_a_visitor_is_known_by_the_session_we_gave_and_a_typed_mail_address_is_no_handle() -> None:
    (item,) = parsed(told.said(name="Sam", email="sam@shop.example"))
    assert isinstance(item, ContactArrived)
    assert item.content.handles == (HandleContent(HandleKind.CHAT_VISITOR, told.SESSION, "Sam"),)
    assert (item.assurance, item.flags) == (HandleAssurance.PLATFORM, ("email-unconfirmed",))
    assert (item.content.fields, item.content.sender_name) == ({"email": "sam@shop.example"}, "Sam")
    assert item.external_id == f"{told.SESSION}/message-1"


def test_a_mail_address_that_the_site_vouches_for_is_a_handle_as_sure_as_the_session() -> None:
    (item,) = parsed(told.SAMPLES[1])
    assert isinstance(item, ContactArrived)
    assert [(each.kind, each.value) for each in item.content.handles] == [
        (HandleKind.CHAT_VISITOR, "user:42"),
        (HandleKind.EMAIL, "Sam@shop.example"),
    ]
    (none,) = parsed(told.SAMPLES[2])
    assert isinstance(none, ContactArrived)
    assert [each.kind for each in none.content.handles] == [HandleKind.CHAT_VISITOR]


def test_a_receipt_is_a_status_for_each_reply() -> None:
    statuses = parsed(told.receipt("READ", *told.REPLIES))
    assert [(each.external_id, each.status, each.contact_id) for each in statuses if isinstance(each, StatusReported)] \
        == [(reply, DeliveryStatus.READ, UUID(reply)) for reply in told.REPLIES]  # fmt: skip


@pytest.mark.parametrize(
    ("frame", "field"),
    [
        ({"type": "message", "id": "message-1"}, "text"),
        ({"type": "message", "id": "message-1", "text": " \n"}, "text"),
        ({"type": "message", "id": "message-1", "text": "x" * (TEXT_LENGTH_MAX + 1)}, "text"),
        ({"type": "message", "id": "short", "text": "x"}, "id"),
        ({"type": "delivered", "seq": -1}, "seq"),
        ({"type": "dance"}, "type"),
        ({"widget_key": "x"}, "type"),
        ([], None),
    ],
)
def test_a_frame_that_is_none_names_what_is_wrong(frame: Any, field: str | None) -> None:
    with pytest.raises(NotUnderstood) as problem:
        read_frame(json.dumps(frame).encode())
    assert problem.value.field == field


def test_a_frame_of_tomorrow_with_more_in_it_is_read_today() -> None:
    said = {"type": "hello", "v": 1, "widget_key": "k", "mood": "good"}
    assert read_frame(json.dumps(said).encode()) == Hello(widget_key="k")


def test_the_longest_text_fits_a_frame_and_is_in_normal_form() -> None:
    frame = json.dumps({"type": "message", "id": "message-1", "text": "𝄞" * TEXT_LENGTH_MAX}, ensure_ascii=False)
    assert len(frame.encode()) <= FRAME_BYTES_MAX
    said = read_frame(json.dumps({"type": "message", "id": "message-1", "text": "a\x00e\u0301"}).encode())
    assert said == Said("message-1", "aé")


@given(data=st.binary(max_size=100) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_a_frame_or_are_not_understood(data: bytes) -> None:
    try:
        read_frame(data)
    except NotUnderstood:
        return


def test_an_identity_is_good_until_it_ends_and_under_both_secrets_while_they_change() -> None:
    written = sign_identity(Identity(SOON, user_id="42", email="sam@shop.example", name="Sam"), SECRET)
    identity = read_identity(written, ("next", SECRET), now=NOW)
    assert (identity.visitor, identity.email) == ("user:42", "sam@shop.example")
    assert read_identity(sign_identity(Identity(SOON, email="Sam@X.example"), SECRET), (SECRET,), now=NOW).visitor == (
        "mail:sam@x.example"
    )
    with pytest.raises(IdentityRefused):
        read_identity(written, (SECRET,), now=NOW + timedelta(seconds=60))
    for secrets in ((), ("",), ("guessed",)):
        with pytest.raises(IdentityRefused):
            read_identity(written, secrets, now=NOW)


@given(place=st.integers(0, 400), other=st.integers(1, 255))
def test_an_identity_that_was_touched_anywhere_is_refused(place: int, other: int) -> None:
    written = sign_identity(Identity(SOON, user_id="42", email="sam@shop.example"), SECRET)
    place %= len(written)
    touched = written[:place] + chr(ord(written[place]) ^ other) + written[place + 1 :]
    with pytest.raises(IdentityRefused):
        read_identity(touched, (SECRET,), now=NOW)


@given(written=st.text(max_size=60))
def test_no_text_is_an_identity_by_chance(written: str) -> None:
    with pytest.raises(IdentityRefused):
        read_identity(written, (SECRET,), now=NOW)


@given(waits=st.lists(st.floats(0, 2), max_size=200))
def test_nobody_says_more_than_the_burst_and_what_time_allows(waits: list[float]) -> None:
    limits = ChatLimits()
    pace, now, taken = Pace(limits, NOW), NOW, 0
    for wait in waits:
        now += timedelta(seconds=wait)
        if (refused := pace.take(now)) is None:
            taken += 1
        else:
            assert pace.take(now + refused + timedelta(milliseconds=1)) is None
            taken, now = taken + 1, now + refused + timedelta(milliseconds=1)
    assert taken <= limits.burst_max + (now - NOW).total_seconds() * limits.frames_per_s_max + 1


def test_places_are_counted_per_account_and_address_and_given_back() -> None:
    places = Places(ChatLimits(sockets_per_account_max=3, sockets_per_address_max=2))
    one, other = account_id_of(Channel.CHAT, "one"), account_id_of(Channel.CHAT, "other")
    assert [places.take(one, "a"), places.take(one, "a"), places.take(one, "a")] == [True, True, False]
    assert places.take(other, "a") is False, "of all accounts"
    assert [places.take(one, "b"), places.take(one, "c")] == [True, False]
    places.give_back(one, "a")
    assert places.take(other, "a") is True


def test_an_answer_is_stored_for_its_visitor_and_nobody_else() -> None:
    call = chat_replies.render(Reply(REPLY_ID, VISITOR, "Hello"), TARGET)
    assert call.visitor_id == handle_trace(Channel.CHAT, "web", VISITOR)
    assert call.account_id == account_id_of(Channel.CHAT, "web")
    assert chat_replies.interpret(CallResult(201, b"", known_as="x")) == TakenOver("x", sent=True)
    full = chat_replies.interpret(CallResult(chat_replies.BACKLOG_FULL, b""))
    assert isinstance(full, SendRefused)
    assert full.code == "backlog-full"


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(REPLY_ID, VISITOR, "x" * 4001), RefusalCode.TEXT_TOO_LONG),
        (Reply(REPLY_ID, HandleContent(HandleKind.EMAIL, "a@b.c"), "x"), RefusalCode.NO_HANDLE_FOR_CHANNEL),
    ],
)
def test_what_the_chat_cannot_carry_does_not_leave(reply: Reply, code: RefusalCode) -> None:
    with pytest.raises(Refusal) as refused:
        chat_replies.render(reply, TARGET)
    assert refused.value.code is code


async def test_what_is_stored_is_sent_and_only_moves_forward_from_there() -> None:
    record = ChannelsRecord()
    await requested(record, channel=Channel.CHAT, account="web")
    account_id = account_id_of(Channel.CHAT, "web")
    for name in ("once", "again"):
        outcome = RecordOutcome(REPLY_ID, account_id, TakenOver(str(REPLY_ID), sent=True))
        await record_outcome(outcome, context(name), record=record, directory=record)
    delivery = await record.load(Delivery, REPLY_ID)
    assert delivery is not None
    assert delivery.status is DeliveryStatus.SENT
    assert record.topics().count("channels.delivery.reported.v1") == 1


async def test_our_own_answer_that_google_lists_is_no_contact() -> None:
    record = ChannelsRecord()
    await requested(record, channel=Channel.GOOGLE_REVIEWS, account="utrecht")
    raw = raw_of(channel=Channel.GOOGLE_REVIEWS, account="utrecht")
    outcome = RecordOutcome(REPLY_ID, raw.account_id, TakenOver("AbFvOqk1/reply"))
    await record_outcome(outcome, context("taken"), record=record, directory=record)
    _, echo = parsed_by_google(google_payloads.listing(google_payloads.review(reviewReply=google_payloads.ANSWER)))
    assert isinstance(echo, ContactArrived)
    before = len(record.all_facts())
    await receive_contact(ReceiveContact(echo, raw), context("echo"), record=record, directory=record)
    assert len(record.all_facts()) == before
