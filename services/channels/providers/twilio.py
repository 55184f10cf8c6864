"""What all of Twilio's webhooks have in common: a signed form in, TwiML out, and numbers that may be hidden."""

from __future__ import annotations

import re
from collections.abc import Mapping

from contracts.content import AttachmentContent, HandleContent
from contracts.vocabulary import HandleAssurance, HandleKind
from services.channels.providers.json_values import external_id
from services.channels.providers.typed_handles import phone_number

TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""Twilio does what the answer says: an empty one asks for nothing."""

TWIML_TYPE = "application/xml"
MEDIA_MAX = 10
SHORT_CODE_DIGITS_MAX = 6
"""Numbers as short as that are services': nobody can be reached by them."""

_HIDDEN = frozenset({"anonymous", "restricted", "unavailable", "unknown", "withheld", "private", "blocked", "asterisk"})
_HIDDEN_NUMBERS = frozenset({"266696687", "7378742833", "2562533", "8656696", "86282452253"})
"""ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE on a telephone's keys: how Twilio shows who does not show."""


def sender(shown: str | None, region: str) -> tuple[tuple[HandleContent, ...], HandleAssurance]:
    """Whose number it is, and how sure: a name or a short code is nobody's who can be answered."""
    written = (shown or "").strip()
    digits = re.sub(r"\D", "", written)
    if not written or written.lower() in _HIDDEN or digits in _HIDDEN_NUMBERS:
        return (), HandleAssurance.SELF_ASSERTED
    number = _in_full(written, region)
    if number is None:
        return (HandleContent(kind=HandleKind.PHONE, value=written[:64]),), HandleAssurance.SELF_ASSERTED
    return (HandleContent(kind=HandleKind.PHONE, value=number),), HandleAssurance.PLATFORM


def _in_full(shown: str, region: str) -> str | None:
    """The number that a network showed: in full with or without its plus, or as dialled within its region."""
    if len(shown) <= SHORT_CODE_DIGITS_MAX:
        return None
    without_plus = shown.isascii() and shown.isdigit() and not shown.startswith("0")
    return phone_number(f"+{shown}" if without_plus else shown, region)


def media(fields: Mapping[str, str]) -> tuple[AttachmentContent, ...]:
    """The files of an MMS, by the address they can be fetched from."""
    count = fields.get("NumMedia", "0")
    found = []
    for number in range(min(int(count), MEDIA_MAX) if count.isascii() and count.isdigit() else 0):
        url = external_id(fields, f"MediaUrl{number}")
        if url is not None:
            media_type = fields.get(f"MediaContentType{number}") or "application/octet-stream"
            found.append(AttachmentContent(external_id=url, media_type=media_type))
    return tuple(found)
