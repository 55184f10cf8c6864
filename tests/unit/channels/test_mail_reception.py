"""What our side knows of a mail: whose reply it answers, whether its sender is sure, whether machines talk."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.channels.domain.reply_address import signed_address
from services.channels.providers.mail_reception import Flood, received
from tests.unit.channels.mail_under_test import RECEIVED_AT, REPLY_ID, SUPPORT, with_headers

SECRET = {"reply_secret": ("new", "old")}
SERVER = "mx.shop.example"


def known(*headers: str) -> tuple[bool, bool]:
    reception, _ = received(with_headers(*headers).encode(), SUPPORT, SECRET, SERVER)
    return reception.answers == REPLY_ID, reception.vouched


@pytest.mark.parametrize("header", ["To", "Cc", "Delivered-To", "X-Original-To"])
@pytest.mark.parametrize("secret", ["new", "old"])
def test_a_mail_to_a_signed_address_answers_its_reply(header: str, secret: str) -> None:
    address = signed_address(SUPPORT, REPLY_ID, secret) or ""
    assert known(f"{header}: {address}") == (True, False)
    assert known(f"{header}: The Shop <{address.upper()}>") == (True, False)


def test_an_address_that_we_did_not_sign_answers_nothing() -> None:
    guessed = signed_address(SUPPORT, REPLY_ID, "guessed") or ""
    good = signed_address(SUPPORT, REPLY_ID, "new") or ""
    for address in (guessed, good.replace("support", "sales"), good[:10] + "a" + good[11:], "support+r@shop.example"):
        assert known(f"To: {address}") == (False, False)


@pytest.mark.parametrize(
    ("results", "vouched"),
    [
        (f"{SERVER}; dmarc=pass (p=reject) header.from=customer.example", True),
        (f"{SERVER} 1; spf=pass smtp.mailfrom=bounce@customer.example", True),
        (f"{SERVER}; spf=fail smtp.mailfrom=customer.example; dkim=pass header.d=mail.customer.example", True),
        (f"{SERVER}; dkim=pass header.i=@customer.example", True),
        (f"{SERVER}; dmarc=fail header.from=customer.example", False),
        (f"{SERVER}; spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=evil.example", False),
        (f"{SERVER}; dkim=pass header.d=example", False),
        (f"{SERVER}; none", False),
        ("mx.evil.example; dmarc=pass header.from=customer.example", False),
        ("", False),
    ],
)
def test_a_sender_is_sure_when_our_own_server_says_so(results: str, vouched: bool) -> None:
    assert known(f"Authentication-Results: {results}") == (False, vouched)


def test_only_the_topmost_word_of_our_server_counts_and_only_for_one_sender() -> None:
    good = f"Authentication-Results: {SERVER}; dmarc=pass header.from=customer.example"
    bad = f"Authentication-Results: {SERVER}; dmarc=fail header.from=customer.example"
    assert known(bad, good) == (False, False)
    assert known(good, "From: sam@customer.example, eve@evil.example") == (False, False)
    assert received(with_headers(good).encode(), SUPPORT, SECRET, None)[0].vouched is False


def machine(*headers: str) -> str | None:
    """Who is counted for the mail."""
    return received(with_headers(*headers).encode(), SUPPORT, SECRET, None)[1]


@pytest.mark.parametrize(
    "sign",
    [
        ("Auto-Submitted: auto-replied",),
        ("X-Autoreply: yes",),
        ("Precedence: auto_reply", "Return-Path: <>"),
        ("X-Auto-Response-Suppress: All", "In-Reply-To: <1@shop.example>"),
        ("List-Id: <news.example>", f"To: {signed_address(SUPPORT, REPLY_ID, 'new')}"),
    ],
)
def test_answering_machines_are_counted_by_their_sender(sign: tuple[str, ...]) -> None:
    assert machine(*sign) == "sam@customer.example"


@pytest.mark.parametrize(
    "sign",
    [
        (),
        ("In-Reply-To: <1@shop.example>",),
        ("From: no-reply@shop.example", "Reply-To: sam@customer.example"),
        ("List-Id: <news.example>", "Precedence: bulk"),
        ("From: MAILER-DAEMON@mx.example", "Return-Path: <>", "Auto-Submitted: auto-replied"),
        ("Content-Type: multipart/report; report-type=delivery-status", "Auto-Submitted: auto-replied"),
        ("X-Failed-Recipients: sam@customer.example", "Auto-Submitted: auto-replied"),
    ],
)
def test_people_notices_and_reports_are_not_counted(sign: tuple[str, ...]) -> None:
    assert machine(*sign) is None


def test_what_is_no_mail_is_nobodys() -> None:
    assert received(b"\xff\x00garbage", SUPPORT, {}, None)[1] is None


def test_a_machine_that_does_not_stop_is_not_listened_to_for_a_while() -> None:
    flood = Flood(3, timedelta(hours=1))
    assert [flood.is_over("a@b.example", RECEIVED_AT) for _ in range(5)] == [False, False, False, True, True]
    assert flood.is_over("c@d.example", RECEIVED_AT) is False
    assert flood.is_over("a@b.example", RECEIVED_AT + timedelta(hours=2)) is False
