"""Bytes of mail as text, whatever charset they claim: nothing in here raises, and nothing is lost that can be read."""

from __future__ import annotations

import binascii
import codecs
import re

from services.channels.domain.normal_form import clean_text

_ALIASES = {
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "latin1": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
}
"""What mailers mean: a superset of what they say."""

_NO_CHARSETS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"})
"""Codecs of Python that are no charsets of mail; some of them are slow on purpose-made input."""

_NAME_LENGTH_MAX = 40
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,2000})\?=(?:\s+(?==\?))?")
_ESCAPED = re.compile(r"[\udc80-\udcff]")
_FOLD = re.compile(r"[\r\n]+[ \t]*")


def text_of(data: bytes, charset: str | None) -> str:
    """The text in normal form: by its charset, else as UTF-8, else as Windows-1252."""
    codec = _codec(charset)
    for name in (codec, "utf-8") if codec != "utf-8" else (codec,):
        try:
            return clean_text(data.decode(name))
        except (UnicodeError, LookupError, ValueError):
            continue
    if codec not in {"utf-8", "cp1252"} and data.isascii() is False:
        # Mostly right with a wrong byte: better than another charset altogether.
        broken = data.decode(codec, "replace")
        if broken.count("\ufffd") * 20 < len(broken):
            return clean_text(broken)
    return clean_text(data.decode("cp1252", "replace"))


def _codec(charset: str | None) -> str:
    name = (charset or "utf-8").strip().strip("\"'").lower()[:_NAME_LENGTH_MAX]
    name = _ALIASES.get(name, name)
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return "utf-8"
    # Some codecs turn bytes into bytes; the flag is how Python itself tells.
    is_text = getattr(found, "_is_text_encoding", True)
    return found.name if is_text and found.name.replace("_", "-") not in _NO_CHARSETS else "utf-8"


def header_text(value: str) -> str:
    """A header's value as people read it: unfolded, raw bytes and encoded words decoded, one line."""
    if "\n" in value or "\r" in value:
        value = _FOLD.sub(" ", value)
    if not value.isascii() and _ESCAPED.search(value):
        value = text_of(value.encode("utf-8", "surrogateescape"), None)
    if "=?" in value:
        value = _decoded_words(value)
    return clean_text(" ".join(value.split()))


def _decoded_words(value: str) -> str:
    """Neighbouring words of one charset are joined as bytes: some mailers cut through the middle of a character."""
    said: list[str] = []
    data, charset, end = b"", "", 0
    for word in _ENCODED_WORD.finditer(value):
        named = word[1].partition("*")[0].lower()
        if data and (word.start() > end or named != charset):
            said.append(text_of(data, charset))
            data = b""
        if word.start() > end:
            said.append(value[end : word.start()])
        data, charset, end = data + _word(word[2], word[3]), named, word.end()
    said.append(text_of(data, charset) if data else "")
    said.append(value[end:])
    return "".join(said)


def _word(encoding: str, content: str) -> bytes:
    if encoding in "bB":
        return base64_bytes(content.encode("ascii", "ignore"))
    return binascii.a2b_qp(content.encode("utf-8", "surrogateescape"), header=True)


def base64_bytes(data: bytes) -> bytes:
    """What base64 holds, padding and foreign characters or not."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        kept = kept[: len(kept) - (len(kept) % 4 == 1)]
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))
