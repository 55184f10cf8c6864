"""Real and made-up mail of other projects through today's parser. The corpora lie beside the project, if at all."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from time import process_time
from uuid import UUID

import msgspec
import pytest

from contracts.vocabulary import Channel, DeliveryStatus, SpanKind
from services.channels.domain.inbound import ContactArrived, Ignored, Inbound, StatusReported
from services.channels.domain.raw import RawInbound, key_of_body
from services.channels.providers import email
from services.channels.providers.mail_html import text_of_html
from services.channels.providers.mail_quotes import spans_of

CORPORA = Path(__file__).parents[2].parent / "shared" / "corpora"
MIKEL = CORPORA / "mail-mikel" / "spec" / "fixtures" / "emails"
TALON = CORPORA / "replies-talon" / "tests" / "fixtures"
ZAPIER = CORPORA / "replies-zapier" / "test" / "emails"

SECONDS_MAX = 1.0
TEXT_AS_THE_LIBRARY_MIN = 0.9
HTML_REPLY = "Hi. I am fine. Thanks, Alex"

OWN_LINES = {
    "correct_sig": "1",
    "email_1_1": "1-8",
    "email_1_2": "1 9-34",
    "email_1_3": "1-5",
    "email_1_4": "1",
    "email_1_5": "1-15",
    "email_1_6": "1",
    "email_1_7": "1",
    "email_1_8": "13 19",
    "email_2_1": "1",
    "email_2_2": "1",
    "email_2_3": "1",
    "email_BlackBerry": "1",
    "email_bullets": "1-9",
    "email_gmail": "1",
    "email_headers_no_delimiter": "1",
    "email_iPhone": "1",
    "email_multi_word_sent_from_my_mobile_device": "1",
    "email_one_is_not_on": "1-5",
    "email_partial_quote_header": "1-6",
    "email_sent_from_my_not_signature": "1-3",
    "email_sig_delimiter_in_middle_of_line": "1-7",
    "greedy_on": "1-6",
    "pathological": "1-2",
}
"""Which lines of each file of zapier's corpus are its writer's own: as a person reads them."""


def corpus(folder: Path) -> Path:
    if not folder.is_dir():
        reason = f"the corpus {folder.relative_to(CORPORA).parts[0]} is not beside this checkout (../shared/corpora)"
        print(reason)  # noqa: T201  (says why nothing was counted)
        pytest.skip(reason)
    return folder


def mails(*folders: Path) -> dict[str, bytes]:
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.name: path.read_bytes() for path in found if path.suffix == ".eml" or "sample" in path.name}


def read(data: bytes) -> Inbound:
    raw = RawInbound(
        raw_id=UUID(int=1),
        channel=Channel.EMAIL,
        account="support@shop.example",
        body=data,
        received_at=datetime(2027, 1, 1, tzinfo=UTC),
        dedupe_key=key_of_body(data),
    )
    (item,) = email.parse(raw, region="NL").items
    return item


def visible(item: ContactArrived, *kinds: SpanKind) -> str:
    text, said, end = item.content.text or "", "", 0
    for span in item.content.spans:
        if span.kind in kinds:
            said, end = said + text[end : span.start], span.end
    return said + text[end:]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_every_mail_is_read_and_none_takes_long() -> None:
    corpus(MIKEL), corpus(TALON)
    kinds: Counter[str] = Counter()
    slowest = 0.0
    for data in mails(MIKEL, TALON).values():
        started = process_time()
        item = read(data)
        slowest = max(slowest, process_time() - started)
        kinds[type(item).__name__] += 1
        stored = msgspec.json.encode(item)
        assert b"\\u0000" not in stored
        assert msgspec.json.decode(stored, type=Inbound) == item
        if isinstance(item, ContactArrived):
            ends = [edge for span in item.content.spans for edge in (span.start, span.end)]
            assert ends == sorted(ends)
            assert not ends or ends[-1] <= len(item.content.text or "")
    print(f"mail-mikel, replies-talon: {kinds.total()} of {kinds.total()} mails read, {dict(kinds)}")  # noqa: T201
    assert slowest < SECONDS_MAX
    assert kinds.total() > 110


def test_texts_are_those_that_the_library_finds_where_it_finds_any() -> None:
    """`email.policy.default` is the oracle: it raises on some mail, and where it does not it is mostly right."""
    corpus(MIKEL)
    same, raised, differing = 0, 0, []
    for name, data in mails(MIKEL).items():
        item = read(data)
        if not isinstance(item, ContactArrived) or item.content.spans:
            continue
        try:
            part = message_from_bytes(data, policy=policy.default).get_body(("plain",))
            expected = part.get_content() if part is not None else ""
        except (KeyError, LookupError, AttributeError, ValueError):
            raised += 1
            continue
        if not expected.strip() or squeezed(expected) == squeezed(item.content.text or ""):
            same += 1
        else:
            differing.append(name)
    total = same + len(differing)
    print(f"mail-mikel: {same} of {total} texts as the library's, which raised on {raised} others")  # noqa: T201
    assert same / total >= TEXT_AS_THE_LIBRARY_MIN, differing


def test_reports_become_statuses_and_never_contacts() -> None:
    reports = mails(corpus(MIKEL) / "multipart_report_emails")
    told = {name: read(data) for name, data in reports.items()}
    assert {type(item) for item in told.values()} <= {StatusReported, Ignored}
    failed = [item for item in told.values() if isinstance(item, StatusReported)]
    assert len(failed) >= 3
    assert all(item.status is DeliveryStatus.FAILED for item in failed)
    assert all("@" not in (item.reason or "") for item in failed)


def test_quotes_of_mail_programs_are_marked_and_the_rest_is_not() -> None:
    folder = corpus(TALON) / "standard_replies"
    right = []
    for path in sorted(folder.glob("*.eml")):
        item = read(path.read_bytes())
        assert isinstance(item, ContactArrived)
        told = path.with_name(f"{path.stem}_reply_text")
        expected = told.read_text() if told.exists() else "Hello"
        right.append(squeezed(visible(item, SpanKind.QUOTE)) == squeezed(expected))
    print(f"replies-talon, text: {sum(right)} of {len(right)} as expected")  # noqa: T201
    assert all(right)
    assert len(right) >= 11


def test_quotes_in_html_are_marked_and_the_rest_is_not() -> None:
    folder = corpus(TALON) / "html_replies"
    wrong = []
    pages = sorted(folder.glob("*.html"))
    for path in pages:
        text, marked = text_of_html(path.read_text(encoding="utf-8"))
        quotes = [span for span in spans_of(text, marked) if span.kind is SpanKind.QUOTE]
        own = "".join(c for at, c in enumerate(text) if not any(span.start <= at < span.end for span in quotes))
        if squeezed(own) != squeezed(HTML_REPLY):
            wrong.append(path.name)
    print(f"replies-talon, HTML: {len(pages) - len(wrong)} of {len(pages)} as expected")  # noqa: T201
    assert wrong == []


def test_own_lines_are_told_from_quotes_and_signatures() -> None:
    wrong = {}
    files = sorted(corpus(ZAPIER).glob("*.txt"))
    for path in files:
        text = path.read_text(encoding="utf-8").rstrip()
        found = own_lines(text)
        if found != lines_of(OWN_LINES[path.stem], text):
            wrong[path.name] = sorted(found)
    print(f"replies-zapier: {len(files) - len(wrong)} of {len(files)} as a person reads them")  # noqa: T201
    assert wrong == {}
    assert len(files) == len(OWN_LINES)


def lines_of(told: str, text: str) -> set[int]:
    """The numbers of the lines that are meant and say anything."""
    lines = text.split("\n")
    ranges = [(part.partition("-")[0], part.partition("-")[2]) for part in told.split()]
    numbers = {number for first, last in ranges for number in range(int(first), int(last or first) + 1)}
    return {number for number in numbers if lines[number - 1].strip()}


def own_lines(text: str) -> set[int]:
    own, start = set(), 0
    spans = spans_of(text)
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not any(span.start <= start and start + len(line) <= span.end for span in spans):
            own.add(number)
        start += len(line) + 1
    return own
