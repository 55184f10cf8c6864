"""A payload as it came in: the bytes that were verified, kept so that a better parser can read them again."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec

from contracts.vocabulary import Channel, id_of


class RawInbound(msgspec.Struct, frozen=True):
    """One verified payload of one account. `dedupe_key`: the same for the same payload sent again."""

    raw_id: UUID
    channel: Channel
    account: str
    body: bytes
    received_at: datetime
    dedupe_key: str
    traceparent: str | None = None

    @property
    def account_id(self) -> UUID:
        """The id of the account it was sent to."""
        return account_id_of(self.channel, self.account)


def account_id_of(channel: Channel, account: str) -> UUID:
    """The id of a channel account: the same in every service."""
    return id_of("account", channel, account)


def contact_id_of(channel: Channel, account: str, external_id: str) -> UUID:
    """The id of a contact that came in: a payload that tells of it twice names the same stream."""
    return id_of("contact", channel, account, external_id)


def key_of_body(body: bytes) -> str:
    """The dedupe key of a webhook: platforms repeat themselves byte for byte."""
    return "body:" + sha256(body).hexdigest()


def key_of_client(idempotency_key: str) -> str:
    """The dedupe key of a client that names its own; hashed, because clients put anything into it."""
    return "key:" + sha256(idempotency_key.encode("utf-8", "surrogatepass")).hexdigest()


def key_of_refused(body: bytes) -> str:
    """The dedupe key of a payload that was not understood: kept, and no other key is used up by it."""
    return "refused:" + sha256(body).hexdigest()
