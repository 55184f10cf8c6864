"""Addresses as people type them: a mail address or a phone number in normal form, or nothing."""

from __future__ import annotations

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email

_WRITTEN_IN_FULL = re.compile(r"\s*(\+|00)[\s().-]*(\d[\s().-]*){8,15}")
"""A number with its country code: which of its digits are possible changes faster than libraries."""


def mail_address(written: str | None) -> str | None:
    """The address, or None where it is none."""
    if not written:
        return None
    try:
        address = validate_email(written, check_deliverability=False, globally_deliverable=False, test_environment=True)
    except EmailNotValidError:
        return None
    return address.normalized if "." in (address.domain or "") else None


def phone_number(written: str | None, region: str) -> str | None:
    """The number in E.164, odd ones too, or None where it is no number."""
    if not written:
        return None
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number) and not _WRITTEN_IN_FULL.fullmatch(written):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
