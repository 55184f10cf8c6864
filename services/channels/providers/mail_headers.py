"""Headers of mail, read without trusting them: every value that cannot be read is simply not there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_tz

import msgspec

from services.channels.providers.json_values import EXTERNAL_ID_LENGTH_MAX
from services.channels.providers.mail_charsets import header_text

ADDRESSES_MAX = 50
IDS_MAX = 50
HEADER_LENGTH_MAX = 16_384

_ONE_ADDRESS = re.compile(r'\s*"?((?:[^"<>,:;\\@()]|\\.)*?)"?\s*<\s*([^<>\s",;:]+@[^<>\s",;:@]+)\s*>\s*')
_ADDRESS = re.compile(r"[^\s@<>\",;:()]+@[^\s@<>\",;:()]+")
_ID = re.compile(r"<([^<>]{1,500})>")
_SPACE = re.compile(r"\s+")
_SECONDS_OFF_MAX = 86_400

Headers = Mapping[str, Sequence[str]]
"""Values as they came, by name in lower case, in their order."""


class Address(msgspec.Struct, frozen=True):
    """A mail address as written, and the name beside it."""

    value: str
    name: str | None = None

    @property
    def key(self) -> str:
        """What is compared."""
        return self.value.lower()


def headers_of(message: Message) -> Headers:
    """The headers of a message or part."""
    found: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        found.setdefault(name.lower(), []).append(str(value)[:HEADER_LENGTH_MAX])
    return found


def first(headers: Headers, name: str) -> str | None:
    """The first value of that name, read; None where there is none or it is empty."""
    values = headers.get(name)
    return (header_text(values[0]) or None) if values else None


def word(headers: Headers, name: str) -> str:
    """What stands before the first parameter, in lower case: `auto-replied` of `auto-replied; owner-email=…`."""
    return (first(headers, name) or "").partition(";")[0].strip().lower()


def addresses(headers: Headers, *names: str) -> tuple[Address, ...]:
    """The addresses that those headers name, in order, each once."""
    found: dict[str, Address] = {}
    for value in (value for name in names for value in headers.get(name, ())):
        for address in _addresses_in(value):
            found.setdefault(address.key, address)
            if len(found) >= ADDRESSES_MAX:
                return tuple(found.values())
    return tuple(found.values())


def _addresses_in(value: str) -> list[Address]:
    # The common form first: the library reads character by character.
    if one := _ONE_ADDRESS.fullmatch(value):
        return [Address(header_text(one[2]), header_text(one[1].replace("\\", "")) or None)]
    if _ADDRESS.fullmatch(bare := value.strip()):
        return [Address(header_text(bare))]
    try:
        pairs = getaddresses([value])
    except (ValueError, IndexError, TypeError, RecursionError):
        pairs = []
    read = [Address(header_text(address), header_text(name) or None) for name, address in pairs]
    good = [address for address in read if _ADDRESS.fullmatch(address.value)]
    return good or [Address(found) for found in _ADDRESS.findall(header_text(value))]


def message_ids(headers: Headers, name: str) -> tuple[str, ...]:
    """The ids in a header, with their brackets, the last ones where there are many; empty ones are none."""
    found: dict[str, None] = {}
    for value in headers.get(name, ()):
        read = header_text(value)
        written = _ID.findall(read) or ([read] if "@" in read and not re.search(r"[\s<>]", read) else [])
        for each in written:
            bare = _SPACE.sub("", each)
            if bare and bare != "@" and len(bare) < EXTERNAL_ID_LENGTH_MAX - 2:
                found[f"<{bare}>"] = None
    return tuple(found)[-IDS_MAX:]


def date_of(headers: Headers) -> datetime | None:
    """When it says it was written, else when the first server had it; None where neither can be read."""
    received = [value.rpartition(";")[2] for value in headers.get("received", ())]
    for value in (*headers.get("date", ())[:1], *reversed(received)):
        moment = _moment(value)
        if moment is not None:
            return moment
    return None


def _moment(value: str) -> datetime | None:
    try:
        read = parsedate_tz(value)
        if read is None or abs(read[9] or 0) > _SECONDS_OFF_MAX:
            return None
        local = datetime(*read[:6], tzinfo=UTC)
        return datetime.fromtimestamp(local.timestamp() - (read[9] or 0), tz=UTC)
    except (ValueError, IndexError, TypeError, OverflowError, OSError):
        return None
