"""A case's history as an auditor takes it along: its facts as stored, and the proof that they stand in the signed log.

A bundle is one JSON object, `eender.bundle.v1`: `body`, and `digest`, the SHA-256 of the body's JSON. There is one way
of writing it: keys in order, no spaces, UTF-8; so no byte of a bundle can be another one. A file is either that JSON
and a newline, or a web page that holds it and checks it by itself (`infra.verify_page`); what surrounds the JSON in the
page is covered by `body.page`. docs/audit.md says what a bundle proves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import msgspec

from infra.event_store.stored_form import StoredFact
from infra.transparency import microseconds

FORMAT = "eender.bundle.v1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BundledCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which case it is. `number`: as people say it."""

    id: UUID
    number: str


class BundledFact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fact as it lies in the store, with its place in the log.

    `recorded_at`: microseconds since 1970; `clear`, `meta`, `seals`, `sealed`: the stored bytes (base64 in the JSON);
    `hash`, `inclusion_path`: hexadecimal. `position` counts from 1; the leaf of the tree is the one before.
    """

    stream_id: UUID
    version: int
    event_id: UUID
    topic: str
    recorded_at: int
    clear: bytes
    meta: bytes
    seals: bytes
    sealed: bytes | None
    hash: str
    position: int
    inclusion_path: tuple[str, ...]

    def stored(self) -> StoredFact:
        """The same as the store has it; its predecessor's hash is left open.

        Raises:
            ValueError: the hash is no hexadecimal number.
            OverflowError: there is no such time.
        """
        return StoredFact(
            stream_id=self.stream_id,
            version=self.version,
            event_id=self.event_id,
            topic=self.topic,
            recorded_at=_EPOCH + timedelta(microseconds=self.recorded_at),
            clear=self.clear,
            seals=self.seals,
            sealed=self.sealed,
            meta=self.meta,
            hash=bytes.fromhex(self.hash),
            previous_hash=None,
            position=self.position,
        )


class OpenedText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What lay in the envelope of the fact of that version: a JSON object, exactly as it was sealed."""

    version: int
    text: str


class Readable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The opened texts, and what they were opened for."""

    purpose: str
    texts: tuple[OpenedText, ...]


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that a bundle says.

    `agents`: the refs of agents whom the facts name by id. `checkpoint`: the signed note that every `inclusion_path`
    leads to; `vkey`: of the key that signed it. `exported_at`: microseconds since 1970. `readable` None: everything
    personal stays sealed. `page`: of a bundle in a web page, the SHA-256 of everything around it, hexadecimal.
    """

    case: BundledCase
    facts: tuple[BundledFact, ...]
    agents: dict[UUID, str]
    checkpoint: str
    vkey: str
    exported_at: int
    readable: Readable | None = None
    page: str | None = None


class Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body and its digest."""

    format: str
    digest: str
    body: Body


def bundle_of(body: Body) -> Bundle:
    """The bundle of a body."""
    return Bundle(FORMAT, sha256(canonical(body)).hexdigest(), body)


def bundled(fact: StoredFact, position: int, path: Sequence[bytes]) -> BundledFact:
    """A stored fact at its position, with the path from its leaf to the checkpoint's root."""
    return BundledFact(
        stream_id=fact.stream_id,
        version=fact.version,
        event_id=fact.event_id,
        topic=fact.topic,
        recorded_at=microseconds(fact.recorded_at),
        clear=fact.clear,
        meta=fact.meta,
        seals=fact.seals,
        sealed=fact.sealed,
        hash=fact.hash.hex(),
        position=position,
        inclusion_path=tuple(node.hex() for node in path),
    )


def canonical(part: Bundle | Body) -> bytes:
    """The one way of writing it."""
    return msgspec.json.encode(msgspec.to_builtins(part), order="sorted")
