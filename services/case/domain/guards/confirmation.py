"""The token by which an agent confirms a warning: good for this very text, case, agent and these rules, for a while.

It says nothing about anybody: a time and a signature over digests.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

import msgspec

from contracts.vocabulary import Visibility

_LABEL = b"eender.confirmation.v1"
_TOKEN_LENGTH_MAX = 200
_TIME_BYTES = 8


class Confirmed(msgspec.Struct, frozen=True):
    """What is confirmed. `matter`: the case, or to whom one is to begin. `way`: by which account, to which address."""

    matter: str
    actor: str
    text: str
    way: str
    visibility: Visibility
    rules: tuple[str, ...]


def token_of(secret: bytes, confirmed: Confirmed, *, until: datetime) -> str | None:
    """The token; None where nothing can be signed."""
    if not secret:
        return None
    time = int(until.timestamp()).to_bytes(_TIME_BYTES, "big")
    signed = time + _signature(secret, confirmed, time)
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def confirms(secret: bytes, token: str | None, confirmed: Confirmed, *, at: datetime) -> bool:
    """Whether the token was given for exactly this, not too long ago."""
    if not secret or token is None or len(token) > _TOKEN_LENGTH_MAX:
        return False
    try:
        signed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, UnicodeEncodeError):
        return False
    time, signature = signed[:_TIME_BYTES], signed[_TIME_BYTES:]
    if not hmac.compare_digest(signature, _signature(secret, confirmed, time)):
        return False
    return at.timestamp() <= int.from_bytes(time, "big")


def _signature(secret: bytes, confirmed: Confirmed, time: bytes) -> bytes:
    parts = (confirmed.matter, confirmed.actor, confirmed.text, confirmed.way, confirmed.visibility.value)
    said = _digests((*parts, *sorted(confirmed.rules)))
    return hmac.new(secret, _LABEL + time + said, hashlib.sha256).digest()


def _digests(parts: Iterable[str]) -> bytes:
    """Each part by its digest, so that no two lists of parts read the same."""
    return b"".join(hashlib.sha256(part.encode("utf-8", "surrogatepass")).digest() for part in parts)
