"""Links that let whoever has them fetch or bring one file for a short while.

One service gives them out and another honours them; both derive the key from the key-encryption key, so that nothing
more has to be kept or told. A link says nothing about anybody: an opaque id, a time and a signature.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from urllib.parse import urlencode
from uuid import UUID

from infra.sealing.content_key import derive

FETCH = "fetch"
BRING = "bring"
"""What a link lets its holder do."""

_DIGITS_MAX = 12
_LABEL = "eender.link.v1"


class LinkState(StrEnum):
    """What a link is worth."""

    GOOD = "good"
    EXPIRED = "expired"
    FORGED = "forged"


class LinkSigner:
    """Signs and checks. `kek`: the key-encryption key of the installation."""

    def __init__(self, kek: bytes) -> None:
        self._key = derive(kek, "eender.link.sign.v1")

    def query(self, object_id: UUID, expires_at: datetime) -> str:
        """The query part of a link to fetch something: until when, and the signature."""
        return self.query_to(FETCH, (str(object_id),), expires_at)

    def state(self, object_id: UUID, expires: str, signature: str, *, now: datetime) -> LinkState:
        """What a link to fetch something is worth now."""
        return self.state_to(FETCH, (str(object_id),), expires, signature, now=now)

    def query_to(self, deed: str, parts: Sequence[str], expires_at: datetime) -> str:
        """The same for another deed. `parts`: what else the link says, all of which it is good for only."""
        expires = str(int(expires_at.timestamp()))
        return urlencode({"expires": expires, "signature": self._signature(deed, parts, expires)})

    def state_to(self, deed: str, parts: Sequence[str], expires: str, signature: str, *, now: datetime) -> LinkState:
        """What a link with these parts is worth now. A forged one is told as such, also when it says a past time."""
        wanted = self._signature(deed, parts, expires)
        if not hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "surrogatepass")):
            return LinkState.FORGED
        if not (expires.isascii() and expires.isdigit() and len(expires) <= _DIGITS_MAX):
            return LinkState.FORGED
        return LinkState.EXPIRED if now.timestamp() > int(expires) else LinkState.GOOD

    def _signature(self, deed: str, parts: Sequence[str], expires: str) -> str:
        said = "\n".join((_LABEL, deed, *parts, expires))
        return hmac.new(self._key, said.encode("utf-8", "surrogatepass"), sha256).hexdigest()
