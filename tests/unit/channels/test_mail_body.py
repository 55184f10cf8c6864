"""Texts and files out of whatever mailers make."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from hashlib import sha256

import pytest

from contracts.vocabulary import SpanKind
from services.channels.providers.mail_body import TEXT_LENGTH_MAX, body_of, read_mail
from tests.unit.channels.mail_under_test import contact, with_headers

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


def body(*headers: str, text: str | bytes) -> str | None:
    said = text if isinstance(text, bytes) else text.encode()
    data = "\r\n".join(("MIME-Version: 1.0", *headers)).encode() + b"\r\n\r\n" + said
    return body_of(read_mail(data)).text


@pytest.mark.parametrize(
    ("charset", "encoded"),
    [
        ("utf-8", "Grüße €5".encode()),
        ("iso-8859-1", "Grüße €5".encode("cp1252")),
        ("iso-8859-15", "Grüße €5".encode("iso-8859-15")),
        ("us-ascii", "Grüße €5".encode()),
        ("x-unknown", "Grüße €5".encode()),
        ("hex", "Grüße €5".encode("cp1252")),
        ("utf-16", "Grüße €5".encode("utf-16")),
        ("'UTF-8'", "Grüße €5".encode()),
        ("idna", "Grüße €5".encode()),
    ],
)
def test_a_text_is_read_whatever_its_charset_says(charset: str, encoded: bytes) -> None:
    assert body(f"Content-Type: text/plain; charset={charset}", text=encoded) == "Grüße €5"


@pytest.mark.parametrize(
    ("encoding", "encoded"),
    [
        ("base64", base64.b64encode(b"Hello there")),
        ("base64", b"SGVsbG8gdGhlcmU"),
        ("Base64;", b"SGVs\r\nbG8g dGhlcmU=*"),
        ("quoted-printable", b"Hello=20=\r\nthere"),
        ("quoted-printable;", b"Hello=20there"),
        ("quoted-printable", b"Hello there="),
        ("7-bit", b"Hello there"),
        ("none", b"Hello there"),
    ],
)
def test_a_text_is_read_however_it_travelled(encoding: str, encoded: bytes) -> None:
    assert body(f"Content-Transfer-Encoding: {encoding}", text=encoded) == "Hello there"


def test_nul_and_lone_surrogates_are_gone() -> None:
    assert body("Content-Type: text/plain; charset=utf-8", text=b"a\x00b\xed\xa0\x80c e\xcc\x81") is not None
    assert "\x00" not in (contact(with_headers("Subject: a\x00b", text="c\x00d")).content.text or "")
    assert contact(with_headers("Subject: a\x00b")).content.subject == "ab"


def test_html_alone_becomes_text_and_stays_html() -> None:
    said = contact(
        with_headers("Content-Type: text/html; charset=utf-8", text="<p>One<script>x</script></p><p>Two</p>")
    )
    assert (said.content.text, said.content.html) == ("One\n\nTwo", "<p>One</p><p>Two</p>")


def test_plain_text_is_taken_unless_only_the_html_knows_the_quotes() -> None:
    def both(plain: str, html: str) -> EmailMessage:
        message = EmailMessage()
        message.set_content(plain)
        message.add_alternative(html, subtype="html")
        return message

    simple = body_of(read_mail(both("Plain", "<b>Rich</b>").as_bytes()))
    assert (simple.text, simple.html) == ("Plain", "<b>Rich</b>")
    quoting = body_of(read_mail(both("Mine\n\nTheirs", "Mine<blockquote type=cite>Theirs</blockquote>").as_bytes()))
    assert [span.kind for span in quoting.spans] == [SpanKind.QUOTE]
    assert "Theirs" in (quoting.text or "")
    empty = body_of(read_mail(both(" \n", "<p>Only here</p>").as_bytes()))
    assert empty.text == "Only here"


def test_files_are_listed_by_what_they_are() -> None:
    message = EmailMessage()
    message.set_content("See attached")
    message.add_attachment(PNG, maintype="application", subtype="pdf", filename="../../Rechnung \u202efdp.exe")
    message.add_attachment("a;b", subtype="csv", filename="list.csv")
    found = body_of(read_mail(message.as_bytes()))
    assert found.text == "See attached"
    picture, table = found.attachments
    assert (picture.media_type, picture.name, picture.size_bytes) == ("image/png", "Rechnung _fdp.exe", len(PNG))
    assert picture.sha256 == sha256(PNG).hexdigest()
    assert (table.media_type, table.name, table.external_id) == ("text/csv", "list.csv", "part:1.3")


def test_a_mail_within_a_mail_is_passed_on_and_not_said() -> None:
    inner, outer = EmailMessage(), EmailMessage()
    inner["Subject"] = "Inner: report"
    inner.set_content("Said before")
    outer.set_content("See below")
    outer.add_attachment(inner)
    found = body_of(read_mail(outer.as_bytes()))
    assert found.text == "See below"
    assert [(each.media_type, each.name) for each in found.attachments] == [("message/rfc822", "Inner_ report.eml")]


def test_what_is_encrypted_is_flagged() -> None:
    data = (
        b'Content-Type: multipart/encrypted; boundary="b"\r\n\r\n--b\r\nContent-Type: application/x\r\n\r\nx\r\n--b--'
    )
    assert body_of(read_mail(data)).flags == ("encrypted",)


def test_a_text_too_long_for_a_screen_is_shortened_and_says_so() -> None:
    found = body_of(read_mail(b"Subject: x\r\n\r\n" + b"word " * 60_000))
    assert len(found.text or "") == TEXT_LENGTH_MAX
    assert "shortened" in found.flags


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"no headers at all",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\ncut',
        b"Content-Type: ;;;\r\nContent-Transfer-Encoding: ???\r\n\r\nx",
        b"Content-Type: text/plain; charset*=x''%%%\r\n\r\nx",
        b"Content-Disposition: attachment; filename*=utf-99'nl'%E2%82\r\n\r\nx",
        b"Content-Transfer-Encoding: uuencode\r\n\r\nbegin 644 x\r\n#bad\r\n",
        b"\xff\xfe\x00\x00: \xff\r\n\r\n\xff",
    ],
)
def test_what_is_broken_is_read_as_far_as_it_goes(data: bytes) -> None:
    body_of(read_mail(data))


def test_boxes_in_boxes_without_end_are_not_opened() -> None:
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (at, at) for at in range(2_000))
    found = body_of(read_mail(nested + b"Content-Type: text/plain\r\n\r\ndeep"))
    assert "deep" in (found.text or "")
