"""Who a visitor is: a session that we gave out, or somebody for whom the shop's own site vouches.

An identity is `<payload>.<signature>`: the payload base64url of a JSON object, the signature the hexadecimal
HMAC-SHA256 of the payload's text under the account's `identity_secret`. What is signed are the very characters.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from services.channels.domain.normal_form import NotUnderstood, read_json

LIFETIME_MAX = timedelta(days=1)
"""How far ahead an identity may end: one that leaks is of no use tomorrow."""

SESSION, USER, MAIL = "session:", "user:", "mail:"
_YEAR_10000 = 253_402_300_800


class IdentityRefused(Exception):  # noqa: N818  (an answer to the page)
    """The site does not vouch for it, or no longer."""


class Identity(msgspec.Struct, frozen=True):
    """For whom the site vouches, by an id of its own or a mail address, until when (Unix seconds)."""

    expires_at: Annotated[int, msgspec.Meta(gt=0, lt=_YEAR_10000)]
    user_id: Annotated[str, msgspec.Meta(min_length=1, max_length=128)] | None = None
    email: Annotated[str, msgspec.Meta(min_length=3, max_length=254)] | None = None
    name: Annotated[str, msgspec.Meta(max_length=200)] | None = None

    @property
    def visitor(self) -> str:
        """By what the visitor is known: the same on every device."""
        return USER + self.user_id if self.user_id is not None else MAIL + (self.email or "").lower()

    @property
    def ends_at(self) -> datetime:
        """From when on the site does not vouch any more."""
        return datetime.fromtimestamp(self.expires_at, tz=UTC)


def sign_identity(identity: Identity, secret: str) -> str:
    """What the site puts into its page."""
    payload = base64.urlsafe_b64encode(msgspec.json.encode(identity)).decode("ascii").rstrip("=")
    return f"{payload}.{_mac(payload, secret)}"


def read_identity(written: str, secrets: Sequence[str], *, now: datetime) -> Identity:
    """For whom the site vouches.

    Raises:
        IdentityRefused: it is not signed by one of `secrets`, says nobody, or ended, or ends too far ahead.
    """
    payload, _, shown = written.partition(".")
    mac = shown.encode("utf-8", "surrogatepass")
    fits = [hmac.compare_digest(mac, _mac(payload, secret).encode()) for secret in secrets if secret]
    if not any(fits):
        raise IdentityRefused
    try:
        said = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        identity = msgspec.convert(read_json(said), Identity)
    except (binascii.Error, ValueError, msgspec.ValidationError, NotUnderstood) as problem:
        raise IdentityRefused from problem
    if identity.user_id is None and identity.email is None:
        raise IdentityRefused
    if not now < identity.ends_at <= now + LIFETIME_MAX:
        raise IdentityRefused
    return identity


def is_key(shown: str, keys: Sequence[str]) -> bool:
    """Whether it is one of the account's widget keys."""
    said = shown.encode("utf-8", "surrogatepass")
    fits = [hmac.compare_digest(said, key.encode("utf-8", "surrogatepass")) for key in keys if key]
    return any(fits)


def token_digest(token: str) -> bytes:
    """What is kept of a resume token: nobody can make the token of it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _mac(payload: str, secret: str) -> str:
    said = payload.encode("utf-8", "surrogatepass")
    return hmac.new(secret.encode("utf-8", "surrogatepass"), said, hashlib.sha256).hexdigest()
