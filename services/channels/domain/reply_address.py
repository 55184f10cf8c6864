"""How a mail of ours names itself, so that what comes back finds it: a signed address, an id, a mark in the subject."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from uuid import UUID

LOCAL_PART_LENGTH_MAX = 64
MAC_BYTES = 10
MARK_LENGTH = 10

_TOKEN = re.compile(r"r([a-z2-7]{26})([a-z2-7]{16})")
_MARK = re.compile(rf"\[#([0-9a-f]{{{MARK_LENGTH}}})\]")


def signed_address(account: str, contact_id: UUID, secret: str) -> str | None:
    """The account's address with a token that only we can make; None where it would be too long for a mailbox.

    Answers and bounces go there. The token names the reply and holds no personal data.
    """
    local, _, domain = account.partition("@")
    address = f"{local}+r{_base32(contact_id.bytes)}{_base32(_mac(account, contact_id, secret))}"
    return f"{address}@{domain}" if len(address) <= LOCAL_PART_LENGTH_MAX else None


def reply_of_address(account: str, address: str, secrets: Sequence[str]) -> UUID | None:
    """The reply whose signed address this is; None where it is none of ours."""
    local, _, domain = account.lower().partition("@")
    found = address.lower().removeprefix(f"{local}+").removesuffix(f"@{domain}")
    token = _TOKEN.fullmatch(found)
    if token is None:
        return None
    contact_id = UUID(bytes=_bytes(token[1]))
    shown = _bytes(token[2])
    fits = [hmac.compare_digest(shown, _mac(account, contact_id, secret)) for secret in secrets if secret]
    return contact_id if any(fits) else None


def message_id_of(account: str, contact_id: UUID) -> str:
    """The Message-ID of a reply: the same at every try, so that two copies are one mail."""
    return f"<{contact_id}@{account.rpartition('@')[2]}>"


def case_mark(case_id: UUID) -> str:
    """What stands in brackets in our subjects: some programs keep nothing else of a thread. It tells nobody more."""
    return hashlib.sha256(case_id.bytes).hexdigest()[:MARK_LENGTH]


def mark_in(subject: str | None) -> str | None:
    """The mark in a subject, the last one where there are several."""
    marks = _MARK.findall(subject or "")
    return str(marks[-1]) if marks else None


def _mac(account: str, contact_id: UUID, secret: str) -> bytes:
    said = b"\x1f".join((b"reply", account.lower().encode("utf-8", "surrogatepass"), contact_id.bytes))
    return hmac.new(secret.encode("utf-8", "surrogatepass"), said, hashlib.sha256).digest()[:MAC_BYTES]


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=").lower()


def _bytes(text: str) -> bytes:
    return base64.b32decode(text.upper() + "=" * (-len(text) % 8))
