"""A mail becomes one item: a contact, what became of a mail of ours, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from contracts.vocabulary import Channel, ContactKind, DeliveryStatus, HandleAssurance, HandleKind
from services.channels.domain.inbound import Ignored, StatusReported
from services.channels.domain.reply_address import case_mark, message_id_of
from services.channels.providers import DOORS
from services.channels.settings import AccountSettings, ChannelsSettings
from tests.unit.channels.front_door import front_door
from tests.unit.channels.mail_under_test import RECEIVED_AT, REPLY_ID, SUPPORT, contact, read, with_headers


def test_a_mail_says_who_wrote_what_when_and_in_answer_to_what() -> None:
    item = contact(
        with_headers(
            "In-Reply-To: <3@shop.example>", "References: <1@customer.example> <2@shop.example>", "Cc: a@b.example"
        )
    )
    assert (item.external_id, item.kind, item.in_reply_to) == (
        "<1@customer.example>",
        ContactKind.MESSAGE,
        "<3@shop.example>",
    )
    assert item.occurred_at == datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
    content = item.content
    assert [(handle.kind, handle.value) for handle in content.handles] == [(HandleKind.EMAIL, "sam@customer.example")]
    assert (content.sender_name, content.subject, content.text) == ("Sam Smit", "My order", "Hello")
    assert content.references == ("<1@customer.example>", "<2@shop.example>", "<3@shop.example>")
    assert content.fields == {"cc": "a@b.example"}


def test_only_a_sender_our_own_server_vouches_for_is_sure() -> None:
    assert contact(with_headers()).assurance is HandleAssurance.SELF_ASSERTED
    assert contact(with_headers(), vouched=True).assurance is HandleAssurance.PLATFORM


def test_a_mail_without_an_id_gets_one_of_its_own_and_always_the_same() -> None:
    without = with_headers("Message-ID: ")
    assert contact(without).external_id == contact(without).external_id
    assert contact(without).external_id.startswith("sha256:")
    assert contact(without).external_id != contact(with_headers("Message-ID: ", text="Other")).external_id
    for written in ("<>", "<@>", "  "):
        assert contact(with_headers(f"Message-ID: {written}")).external_id.startswith("sha256:")


@pytest.mark.parametrize("empty", ["In-Reply-To: ", "In-Reply-To: <>", "References: <> <>", "References: x"])
def test_an_empty_reference_refers_to_nothing(empty: str) -> None:
    item = contact(with_headers(empty))
    assert (item.in_reply_to, item.content.references) == (None, ())


def test_a_clock_that_is_wrong_changes_no_order() -> None:
    arrived = RECEIVED_AT - timedelta(minutes=1)
    for date in ("Sun, 22 Nov 2099 12:00:00 +0000", "Thu, 1 Jan 1970 00:00:00 +0000", "yesterday", ""):
        assert contact(with_headers(f"Date: {date}"), arrived_at=arrived).occurred_at == arrived
        assert contact(with_headers(f"Date: {date}")).occurred_at == RECEIVED_AT


def test_the_reply_whose_address_it_came_to_and_the_mark_in_its_subject_are_handed_on() -> None:
    mark = case_mark(REPLY_ID)
    item = contact(with_headers(f"Subject: Re: My order [#{mark}]"), answers=REPLY_ID)
    assert (item.answers, item.case_mark) == (REPLY_ID, mark)


@pytest.mark.parametrize(
    "sign",
    [
        "Auto-Submitted: auto-replied (vacation)",
        "Precedence: bulk",
        "X-Autoreply: yes",
        "List-Id: <news.example>",
        "Return-Path: <>",
        "X-Auto-Response-Suppress: All",
        "From: no-reply@customer.example",
    ],
)
def test_what_a_machine_wrote_is_a_contact_and_flagged(sign: str) -> None:
    assert "automatic" in contact(with_headers(sign)).flags


@pytest.mark.parametrize("sign", ["Auto-Submitted: no", "X-Auto-Response-Suppress: OOF", "Precedence: normal"])
def test_what_a_person_wrote_is_not(sign: str) -> None:
    assert "automatic" not in contact(with_headers(sign)).flags


@pytest.mark.parametrize("own", [f"From: The Shop <{SUPPORT.upper()}>", "X-Eender-Reply: 0190"])
def test_our_own_mail_that_comes_back_starts_nothing(own: str) -> None:
    assert read(with_headers(own)) == Ignored("own-mail")


def test_a_form_that_mails_in_our_name_brings_whoever_filled_it_in_by_their_own_word() -> None:
    filled = with_headers(f"From: The Shop <{SUPPORT}>", "Reply-To: Sam Smit <sam@customer.example>", "Cc: a@b.example")
    item = contact(filled, vouched=True)
    assert item.assurance is HandleAssurance.SELF_ASSERTED
    assert [handle.value for handle in item.content.handles] == ["sam@customer.example"]
    assert (item.content.sender_name, item.content.fields) == ("Sam Smit", {"cc": "a@b.example"})
    assert read(with_headers(f"From: {SUPPORT}", f"Reply-To: {SUPPORT}")) == Ignored("own-mail")
    assert read(f"X-Eender-Reply: 0190\n{filled}") == Ignored("own-mail")


def test_a_bounce_in_words_is_about_the_reply_to_whose_address_it_came() -> None:
    bounce = with_headers(
        "From: MAILER-DAEMON@mx.example", "Return-Path: <>", "Subject: Undelivered", text="No such user"
    )
    item = read(bounce, answers=REPLY_ID)
    assert isinstance(item, StatusReported)
    assert (item.status, item.contact_id) == (DeliveryStatus.FAILED, REPLY_ID)
    assert item.external_id == message_id_of(SUPPORT, REPLY_ID)
    assert read(bounce) == Ignored("bounce")
    named = read(bounce.replace("Subject:", "In-Reply-To: <out@shop.example>\nSubject:", 1))
    assert isinstance(named, StatusReported)
    assert named.external_id == "<out@shop.example>"


def test_a_receipt_starts_nothing() -> None:
    receipt = with_headers(
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"',
        text="--b\nContent-Type: text/plain\n\nIt was read.\n--b\nContent-Type: message/disposition-notification\n\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\n--b--",
    )
    assert read(receipt) == Ignored("receipt")


def test_a_mail_without_a_sender_is_still_somebody_waiting() -> None:
    item = contact(with_headers("From: "))
    assert item.content.handles == ()
    assert "no-sender" in item.flags


def test_a_mail_whose_end_was_not_fetched_says_so() -> None:
    assert "truncated" in contact(with_headers(), size_bytes=99_000_000).flags


async def test_nobody_can_post_mail() -> None:
    account = AccountSettings(channel=Channel.EMAIL, account=SUPPORT, name="Support", mailbox="imaps://h")
    async with front_door(DOORS, ChannelsSettings.of((account,), region="NL", digest="d")) as front:
        answer = await front.post(f"/channels/email/{SUPPORT}", with_headers().encode(), {})
        assert answer.status_code == 404
        assert front.store.kept == {}
