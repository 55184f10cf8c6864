"""Delivery reports, as mail servers write them."""

from __future__ import annotations

import pytest

from contracts.vocabulary import DeliveryStatus
from services.channels.domain.inbound import ContactArrived, Ignored, StatusReported
from tests.unit.channels.mail_under_test import REPLY_ID, read, with_headers


def report(*groups: str, original: str = "Message-ID: <out@shop.example>", kind: str = "text/rfc822-headers") -> str:
    about = "\n\n".join(("Reporting-MTA: dns; mx.example", *groups))
    return with_headers(
        "From: mailer-daemon@mx.example",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        text=f"--b\nContent-Type: text/plain\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\n{about}\n"
        f"--b\nContent-Type: {kind}\n\n{original}\n--b--",
    )


def recipient(action: str, status: str, said: str = "smtp; 550 no such user <sam@customer.example> 0612345678") -> str:
    return f"Final-Recipient: rfc822; sam@customer.example\nAction: {action}\nStatus: {status}\nDiagnostic-Code: {said}"


@pytest.mark.parametrize(
    ("action", "status", "told"),
    [
        ("failed", "5.1.1", DeliveryStatus.FAILED),
        ("delivered", "2.0.0", DeliveryStatus.DELIVERED),
        ("relayed", "2.0.0", DeliveryStatus.SENT),
        ("Expanded", "2.0.0", DeliveryStatus.SENT),
    ],
)
def test_a_report_tells_how_far_our_mail_came(action: str, status: str, told: DeliveryStatus) -> None:
    item = read(report(recipient(action, status)), answers=REPLY_ID)
    assert isinstance(item, StatusReported)
    assert (item.status, item.external_id, item.contact_id) == (told, "<out@shop.example>", REPLY_ID)
    assert item.code == f"smtp-{status}"


def test_a_reason_names_nobody() -> None:
    item = read(report(recipient("failed", "5.1.1")))
    assert isinstance(item, StatusReported)
    assert item.reason == "550 no such user … …"


def test_a_delay_is_no_end() -> None:
    assert read(report(recipient("delayed", "4.4.7"))) == Ignored("report-not-final")


def test_a_failure_among_deliveries_counts() -> None:
    item = read(report(recipient("delivered", "2.0.0"), recipient("failed", "5.2.2")))
    assert isinstance(item, StatusReported)
    assert (item.status, item.code) == (DeliveryStatus.FAILED, "smtp-5.2.2")


def test_a_full_mailbox_may_be_empty_later() -> None:
    item = read(report(recipient("failed", "4.2.2")))
    assert isinstance(item, StatusReported)
    assert item.retryable


def test_the_mail_that_comes_back_whole_names_itself() -> None:
    original = "From: support@shop.example\nMessage-ID: <whole@shop.example>\n\nHello"
    item = read(report(recipient("failed", "5.1.1"), original=original, kind="message/rfc822"))
    assert isinstance(item, StatusReported)
    assert item.external_id == "<whole@shop.example>"


def test_a_report_about_nothing_we_can_name_is_none() -> None:
    assert read(report(recipient("failed", "5.1.1"), original="Subject: x")) == Ignored("report-without-mail")


def test_a_server_with_a_name_and_no_address_bounces_in_words() -> None:
    lines = ("From: MAILER-DAEMON <>", "Subject: Mail delivery failed")
    assert read(with_headers(*lines)) == Ignored("bounce")
    item = read(with_headers(*lines), answers=REPLY_ID)
    assert isinstance(item, StatusReported)
    assert (item.status, item.contact_id) == (DeliveryStatus.FAILED, REPLY_ID)


def test_a_bounce_in_words_is_about_the_mail_that_comes_back_with_it() -> None:
    mail = with_headers(
        "From: MAILER-DAEMON <>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="b"',
        text="--b\n\nSorry.\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <out@shop.example>\n\nHello\n--b--",
    )
    item = read(mail)
    assert isinstance(item, StatusReported)
    assert (item.status, item.external_id) == (DeliveryStatus.FAILED, "<out@shop.example>")


def test_a_report_that_our_mail_was_called_spam_is_by_a_machine() -> None:
    item = read(with_headers('Content-Type: multipart/report; report-type=feedback-report; boundary="b"', text="--b--"))
    assert isinstance(item, ContactArrived)
    assert "automatic" in item.flags
