"""What is inside a mail: its text, its HTML, its files. Whatever a part claims, reading it never raises."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from hashlib import sha256

import msgspec

from contracts.content import AttachmentContent, TextSpan
from contracts.vocabulary import SpanKind
from services.channels.domain.file_types import media_type_of
from services.channels.domain.normal_form import clean_text
from services.channels.providers.mail_charsets import base64_bytes, header_text, text_of
from services.channels.providers.mail_headers import Address, Headers, addresses, first, headers_of, word
from services.channels.providers.mail_html import marks_quotes, sanitised, text_of_html
from services.channels.providers.mail_quotes import spans_of

MULTIPARTS_MAX = 64
"""More boundaries than these are read as one part: each costs a look at every line below it."""

PARTS_MAX = 200
ATTACHMENTS_MAX = 100
TEXT_LENGTH_MAX = 200_000
NAME_LENGTH_MAX = 200

_READ_BY_THE_LIBRARY = frozenset({"", "7bit", "8bit", "binary", "quoted-printable", "base64"})
_UNSAFE_IN_NAMES = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u202a-\u202e\u2066-\u2069]")
_OPAQUE = {"application/pkcs7-mime": "encrypted", "application/x-pkcs7-mime": "encrypted"}
_WITHOUT_WORDS = re.compile(r"\W*")


class Body(msgspec.Struct, frozen=True):
    """What a mail says and brings."""

    text: str | None
    spans: tuple[TextSpan, ...]
    html: str | None
    attachments: tuple[AttachmentContent, ...]
    flags: tuple[str, ...]


class Part(msgspec.Struct, frozen=True):
    """A leaf of a mail. `place`: by which it is found again, such as `2.1`."""

    place: str
    message: Message
    headers: Headers
    media_type: str

    def param(self, header: str, name: str) -> str | None:
        """A parameter as people read it; None where there is none that can be read."""
        if not any(name in written.lower() for written in self.headers.get(header, ())):
            return None
        try:
            value = self.message.get_param(name, header=header)
        except (ValueError, TypeError, AttributeError, LookupError, UnicodeError):
            return None
        if isinstance(value, tuple):
            charset, _, text = value
            return text_of(text.encode("latin-1", "replace"), charset) or None
        return header_text(value) or None if isinstance(value, str) else None

    def name(self) -> str | None:
        """The file's name, without a path and without what tricks a reader."""
        written = self.param("content-disposition", "filename") or self.param("content-type", "name")
        name = _UNSAFE_IN_NAMES.sub("_", (written or "").replace("\\", "/").rpartition("/")[2]).strip(" .")
        return name[-NAME_LENGTH_MAX:] or None

    def data(self) -> bytes:
        """The bytes, transfer encoding undone as far as it goes."""
        if self.message.is_multipart():
            return _whole(self)
        written = self.headers.get("content-transfer-encoding", ("",))[0].lower()
        payload = self.message.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
        if written in _READ_BY_THE_LIBRARY:
            return data
        encoding = word(self.headers, "content-transfer-encoding")
        if encoding.startswith("quoted"):
            return binascii.a2b_qp(data)
        if encoding.startswith("base"):
            return base64_bytes(data)
        return data


class Mail(msgspec.Struct, frozen=True):
    """A mail taken apart: `parts` are its leaves, in order. `kind`: its own content type. `senders`: as it says."""

    headers: Headers
    senders: tuple[Address, ...]
    kind: str
    parts: tuple[Part, ...]


def read_mail(data: bytes) -> Mail:
    """Take a mail apart; nothing in it makes this raise."""
    message = _read(data)
    headers = headers_of(message)
    return Mail(headers, addresses(headers, "from"), message.get_content_type(), tuple(_parts_of(message)))


def _read(data: bytes) -> Message:
    """The mail's tree; compat32, which alone of the library's policies raises on none."""
    headers_only = data.count(b"oundary=") + data.count(b"OUNDARY=") > MULTIPARTS_MAX
    try:
        return BytesParser().parsebytes(data, headersonly=headers_only)
    except (RecursionError, ValueError, TypeError, AttributeError, LookupError):
        return BytesParser().parsebytes(data, headersonly=True)


def _parts_of(message: Message) -> Iterator[Part]:
    """The leaves, in order. A mail within a mail is a leaf: it is passed on, not said."""
    waiting = [("1", message)]
    for _ in range(PARTS_MAX):
        if not waiting:
            return
        place, part = waiting.pop()
        media_type = part.get_content_type()
        payload = part.get_payload() if part.is_multipart() else None
        if isinstance(payload, list) and part.get_content_maintype() == "multipart":
            inner = [each for each in payload if isinstance(each, Message)]
            waiting += [(f"{place}.{number}", each) for number, each in enumerate(inner, 1)][::-1]
        else:
            # A container that contains nothing was cut off: what there is of it is text.
            is_cut = media_type.startswith("multipart/")
            yield Part(place, part, headers_of(part), "text/plain" if is_cut else media_type)


def body_of(mail: Mail) -> Body:
    """What the mail says, and what comes along."""
    texts: list[str] = []
    pages: list[str] = []
    attachments: list[AttachmentContent] = []
    flags: list[str] = []
    for part in mail.parts:
        if _is_said(part):
            said = text_of(part.data(), part.param("content-type", "charset"))
            (pages if part.media_type == "text/html" else texts).append(said)
        elif len(attachments) < ATTACHMENTS_MAX:
            attachments.append(_attachment(part))
        flags += [_OPAQUE[part.media_type]] if part.media_type in _OPAQUE else []
    if mail.kind == "multipart/encrypted":
        flags.append("encrypted")
    text, spans = _said(texts, pages)
    html = sanitised("\n".join(pages)) if pages else None
    if len(text) > TEXT_LENGTH_MAX or len(html or "") > TEXT_LENGTH_MAX:
        flags.append("shortened")
        text, html = text[:TEXT_LENGTH_MAX], None if len(html or "") > TEXT_LENGTH_MAX else html
        spans = tuple(span for span in spans if span.end <= TEXT_LENGTH_MAX)
    return Body(text or None, spans, html or None, tuple(attachments), tuple(dict.fromkeys(flags)))


def _is_said(part: Part) -> bool:
    if part.media_type not in {"text/plain", "text/html"} or part.message.is_multipart():
        return False
    return word(part.headers, "content-disposition") != "attachment" and part.name() is None


def _said(texts: list[str], pages: list[str]) -> tuple[str, tuple[TextSpan, ...]]:
    """The plain text, unless only the HTML says anything, or only it knows what is quoted."""
    text = "\n\n".join(_lined(each) for each in texts if each.strip())
    spans = spans_of(text)
    says_nothing = _WITHOUT_WORDS.fullmatch(text) is not None
    if not pages or (not says_nothing and (_has_quote(spans) or not any(map(marks_quotes, pages)))):
        return text, spans
    from_html, marked = text_of_html("\n".join(pages))
    spans_in_html = spans_of(from_html, marked)
    if says_nothing or _has_quote(spans_in_html):
        return from_html, spans_in_html
    return text, spans


def _has_quote(spans: tuple[TextSpan, ...]) -> bool:
    return any(span.kind is SpanKind.QUOTE for span in spans)


def _lined(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()


def _attachment(part: Part) -> AttachmentContent:
    data = part.data()
    name = part.name()
    if name is None and part.media_type == "message/rfc822":
        inner = inside(part)
        subject = first(headers_of(inner), "subject") if inner is not None else None
        name = f"{_UNSAFE_IN_NAMES.sub('_', subject)[:NAME_LENGTH_MAX]}.eml" if subject else None
    return AttachmentContent(
        external_id=f"part:{part.place}",
        media_type=media_type_of(data, part.media_type),
        name=clean_text(name) if name else None,
        sha256=sha256(data).hexdigest(),
        size_bytes=len(data),
    )


def inside(part: Part) -> Message | None:
    """The mail within a mail, where the part is one."""
    payload = part.message.get_payload()
    return payload[0] if isinstance(payload, list) and payload and isinstance(payload[0], Message) else None


def _whole(part: Part) -> bytes:
    """A mail within a mail, or what is left of it, as bytes."""
    try:
        return (inside(part) or part.message).as_bytes()
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return b""
