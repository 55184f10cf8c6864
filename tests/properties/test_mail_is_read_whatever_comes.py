"""Any bytes are a mail that can be read: cut, mixed up or made up, nothing raises and nothing that was said is lost."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.vocabulary import SpanKind
from services.channels.domain.inbound import ContactArrived, Inbound
from services.channels.providers.mail_html import sanitised, text_of_html
from services.channels.providers.mail_quotes import spans_of
from services.channels.providers.mail_reception import received
from tests.support.mail_stand import mail
from tests.unit.channels.mail_under_test import RECEIVED_AT, read, with_headers

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpora" / "mail-mikel" / "spec" / "fixtures" / "emails"
MADE = (
    mail("Hello\n\nOn 1 May 2026, Sam wrote:\n> Hi\n\n-- \nSam\n", message_id="<1@x>", in_reply_to="<0@x>"),
    with_headers("Content-Type: text/html", text="<p>Hi<blockquote type=cite>Quoted</blockquote>").encode(),
    with_headers(
        'Content-Type: multipart/mixed; boundary="b"',
        text="--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nSGk=\n--b\n"
        "Content-Type: image/png; name==?utf-8?q?x?=\nContent-Disposition: attachment\n\nx\n--b--",
    ).encode(),
)
FOUND = tuple(path.read_bytes() for path in sorted(CORPUS.rglob("*.eml"))) if CORPUS.is_dir() else ()
MAILS = st.sampled_from((*MADE, *FOUND))
PIECES = st.binary(max_size=20) | st.sampled_from(
    (
        *(b"\x00", b"\xed\xa0\x80", b"\xff\xfe", b"\r", b"\n\n", b"=?", b"?=", b"--b", b"boundary=", b"<", b">"),
        *(b"Content-Type: multipart/alternative\r\n", b"Content-Transfer-Encoding: base64\r\n", b"=E2=82"),
        *(b"\xe2\x80\xae", b"charset=x"),
    )
)
WORDS = st.sampled_from(
    (
        *("> ", ">> a\n", "\n", "\n\n", "Hello", "On 1 May 2026, Sam wrote:\n", "-- \n", "Sent from my iPhone\n"),
        *("From: a\n", "Subject: b\n", "To: c\n", "Van: d\n", "Verzonden: e\n", "-----Original Message-----\n"),
        *("________________\n", "Begin forwarded message:\n", "é\u0301", "\u2028", " "),
    )
)
TAGS = st.sampled_from(
    (
        *("<p>", "</p>", "<div class=gmail_quote>", "</div>", "<blockquote type=cite>", "</blockquote>", "<br>", "<b"),
        *(">", "<", "<!--", "-->", "<script>", "</script>", "<style>", "&lt;", "&#0;", "&#xD800;", "<pre>", "Hi", " "),
        *("\n", "<img src=x>", '<a href="javascript:x">', "<div id=appendonsend>", "<svg/onload=x>", "<td>", "'", '"'),
    )
)


def check(item: Inbound) -> None:
    stored = msgspec.json.encode(item)
    assert b"\\u0000" not in stored
    stored.decode()
    if isinstance(item, ContactArrived):
        assert item.occurred_at <= RECEIVED_AT
        assert 0 < len(item.external_id) <= 512
        assert all(handle.value for handle in item.content.handles)
        edges = [edge for span in item.content.spans for edge in (span.start, span.end)]
        assert edges == sorted(edges)
        assert not edges or edges[-1] <= len(item.content.text or "")


@given(data=st.binary(max_size=400))
def test_any_bytes_are_a_mail(data: bytes) -> None:
    check(read(data))
    received(data, "support@shop.example", {"reply_secret": ("s",)}, "mx")


@settings(max_examples=300)
@given(mail_data=MAILS, share=st.floats(0, 1))
def test_a_mail_that_was_cut_is_read_as_far_as_it_goes(mail_data: bytes, share: float) -> None:
    check(read(mail_data[: int(len(mail_data) * share)]))


@settings(max_examples=300)
@given(mail_data=MAILS, cuts=st.lists(st.tuples(st.floats(0, 1), PIECES), max_size=6))
def test_a_mail_with_anything_in_it_is_read(mail_data: bytes, cuts: list[tuple[float, bytes]]) -> None:
    for share, piece in cuts:
        place = int(len(mail_data) * share)
        mail_data = mail_data[:place] + piece + mail_data[place:]
    check(read(mail_data))


@given(mail_data=MAILS)
def test_the_same_mail_always_says_the_same(mail_data: bytes) -> None:
    assert read(mail_data) == read(mail_data)


@given(pieces=st.lists(WORDS, max_size=30))
def test_marks_cut_nothing_out_and_lie_within_the_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    spans = spans_of(text)
    ends = 0
    for span in spans:
        assert ends <= span.start < span.end <= len(text) or span.start == span.end
        ends = span.end
    for span in spans:
        if span.kind is SpanKind.QUOTE and span.end < len(text):
            assert text[span.end] == "\n"


@given(pieces=st.lists(TAGS, max_size=40))
def test_html_is_clean_and_stays_clean(pieces: list[str]) -> None:
    source = "".join(pieces)
    clean = sanitised(source)
    assert clean is not None
    assert sanitised(clean) == clean
    assert all(word not in clean for word in ("<script", "javascript:", "<svg", "<style", "onload"))
    text, spans = text_of_html(source)
    assert "\x00" not in text
    assert all(span.start <= span.end <= len(text) + 1 for span in spans)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_headers_mean_the_same_in_any_order(order: tuple[int, ...]) -> None:
    lines = ("In-Reply-To: <0@x>", "Auto-Submitted: no", "Cc: a@b.example")
    assert read(with_headers(*(lines[at] for at in order))) == read(with_headers(*lines))
