"""Addresses by which customers are known: how each kind is normalised, checked and masked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from contracts.content import HandleContent
from contracts.vocabulary import HandleKind, Refusal, RefusalCode, id_of
from services.case.domain.identity import Claim

HANDLES_MAX = 16
"""Handles of one contact that count; a sender has one or two."""
HANDLE_LENGTH_MAX = 320
"""Characters: the longest mail address."""

_NUMBERS: Final = frozenset({HandleKind.PHONE, HandleKind.WHATSAPP})
_PLATFORM_USER_ID: Final = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}")
_MEXICAN: Final = re.compile(r"\+521\d{10}")
_BRAZILIAN: Final = re.compile(r"\+55[1-9]\d[6-9]\d{7}")
_MASK: Final = "•••"


def handle_id(customer_id: UUID, kind: HandleKind, value: str) -> UUID:
    """The id of a customer's handle; `value` normalised."""
    return id_of("handle", str(customer_id), kind, value)


def normalise(kind: HandleKind, written: str, region: str) -> str:
    """What a handle is compared by. Never refuses: what came in came in.

    Mail NFC and lower-cased; numbers E.164, or `+` and their digits where that cannot be told; all else as given.
    """
    value = unicodedata.normalize("NFC", written).strip()
    if kind is HandleKind.EMAIL:
        return value.lower()
    if kind not in _NUMBERS or _PLATFORM_USER_ID.fullmatch(value):
        return value
    international = f"+{value}" if kind is HandleKind.WHATSAPP and value[:1].isdigit() else value
    parsed = _parse(international, region)
    if parsed is not None:
        return _as_dialled(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    digits = "".join(character for character in value if character.isdecimal())
    return f"+{digits}" if digits else value


def _as_dialled(number: str) -> str:
    """WhatsApp writes Mexican mobiles with a 1 and Brazilian ones without their 9; the telephone does not."""
    if _MEXICAN.fullmatch(number):
        return f"+52{number[4:]}"
    return f"{number[:5]}9{number[5:]}" if _BRAZILIAN.fullmatch(number) else number


def claims_of(handles: Sequence[HandleContent], region: str) -> tuple[Claim, ...]:
    """The handles of a contact in normal form, empty ones left out, at most `HANDLES_MAX`."""
    claims = (
        Claim(kind=handle.kind, value=normalise(handle.kind, handle.value, region), written=handle.value.strip())
        for handle in handles[:HANDLES_MAX]
    )
    return tuple(claim for claim in claims if claim.value)


def checked(kind: HandleKind, written: str, region: str, *path: str) -> Claim:
    """A handle that somebody typed, in normal form.

    Raises:
        Refusal: INVALID_INPUT at `path` where it is no address of its kind.
    """
    stripped = written.strip()
    if not stripped or len(stripped) > HANDLE_LENGTH_MAX or not stripped.isprintable():
        raise Refusal(RefusalCode.INVALID_INPUT, f"no {kind.value} handle", *path)
    if kind is HandleKind.EMAIL and not _is_mail_address(stripped):
        raise Refusal(RefusalCode.INVALID_INPUT, "no mail address", *path)
    if kind in _NUMBERS and not _is_number(kind, stripped, region):
        raise Refusal(RefusalCode.INVALID_INPUT, "no phone number", *path)
    return Claim(kind=kind, value=normalise(kind, stripped, region), written=stripped)


def mask(kind: HandleKind, value: str) -> str:
    """Enough of a handle to recognise it by, too little to use it."""
    if kind is HandleKind.EMAIL and "@" in value:
        local, domain = value.rsplit("@", 1)
        return f"{local[:1]}{_MASK}@{domain}"
    if value.startswith("+") and len(value) > 8:  # noqa: PLR2004  (shorter ones would show every digit)
        return f"{value[:4]}{_MASK}{value[-3:]}"
    return f"{value[:2]}{_MASK}"


def _parse(value: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return None


def _is_number(kind: HandleKind, value: str, region: str) -> bool:
    if kind is HandleKind.WHATSAPP and _PLATFORM_USER_ID.fullmatch(value):
        return True
    parsed = _parse(value, region)
    return parsed is not None and phonenumbers.is_possible_number(parsed)


def _is_mail_address(value: str) -> bool:
    try:
        # The name .test is allowed: this is about form, a mail server knows the rest.
        validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True
