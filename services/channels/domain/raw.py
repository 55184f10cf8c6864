"""A payload as it came in: the bytes that were verified, kept so that a better parser can read them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

import msgspec

from contracts.vocabulary import Channel, id_of

HEADERS_MAX = 64


class RawInbound(msgspec.Struct, frozen=True):
    """One verified payload of one account. `dedupe_key`: the same for the same payload sent again.

    `headers`: those that its door reads (`ChannelSpec.kept_headers`), names in lower case. `words`: what makes it
    another one under the same key, where its body holds more than its sender said; None: the body.
    """

    raw_id: UUID
    channel: Channel
    account: str
    body: bytes
    received_at: datetime
    dedupe_key: str
    traceparent: str | None = None
    headers: Mapping[str, str] = {}
    words: bytes | None = None

    @property
    def digest(self) -> bytes:
        """By what it is told from another payload under its key."""
        return sha256(self.body if self.words is None else self.words).digest()

    @property
    def account_id(self) -> UUID:
        """The id of the account it was sent to."""
        return account_id_of(self.channel, self.account)


@lru_cache(maxsize=1024)
def account_id_of(channel: Channel, account: str) -> UUID:
    """The id of a channel account: the same in every service."""
    return id_of("account", channel, account)


@lru_cache(maxsize=4096)
def contact_id_of(channel: Channel, account: str, external_id: str) -> UUID:
    """The id of a contact that came in: a payload that tells of it twice names the same stream."""
    return id_of("contact", channel, account, external_id)


def key_of_body(body: bytes) -> str:
    """The dedupe key of a webhook: platforms repeat themselves byte for byte."""
    return "body:" + sha256(body).hexdigest()


def headers_to_keep(names: Sequence[str], headers: Mapping[str, str]) -> dict[str, str]:
    """Those of the headers that a door reads; a name that ends in `*` stands for all that begin so."""
    beginnings = tuple(name.removesuffix("*") for name in names if name.endswith("*"))
    kept = [name for name in headers if name in names or (beginnings and name.startswith(beginnings))]
    return {name: headers[name] for name in kept[:HEADERS_MAX]}


def to_keep(raw: RawInbound) -> bytes:
    """What is sealed of a payload: one line of headers, then its body."""
    return msgspec.json.encode(raw.headers) + b"\n" + raw.body


def as_kept(raw: RawInbound, kept: bytes) -> RawInbound:
    """The payload with what `to_keep` made of it."""
    headers, _, body = kept.partition(b"\n")
    return msgspec.structs.replace(raw, headers=msgspec.json.decode(headers, type=dict[str, str]), body=body)


def key_of_client(idempotency_key: str) -> str:
    """The dedupe key of a client that names its own; hashed, because clients put anything into it."""
    return "key:" + sha256(idempotency_key.encode("utf-8", "surrogatepass")).hexdigest()


def key_of_refused(body: bytes) -> str:
    """The dedupe key of a payload that was not understood: kept, and no other key is used up by it."""
    return "refused:" + sha256(body).hexdigest()
