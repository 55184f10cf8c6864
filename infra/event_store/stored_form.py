"""The stored form of a fact beside its own fields: who and why, its seals, and the frame around its envelopes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from contracts.envelope import SealedPart
from contracts.stored import CommandContext, FactMeta
from contracts.vocabulary import Actor
from infra.transparency import fact_hash

if TYPE_CHECKING:
    from datetime import datetime

    import asyncpg

_LENGTH_BYTES = 4


class FrameBroken(Exception):  # noqa: N818
    """The column of a fact's envelopes is damaged."""


class MetaForm(msgspec.Struct, frozen=True, omit_defaults=True):
    """The JSON of `es.events.meta`."""

    actor: Actor
    correlation_id: UUID
    causation_id: UUID | None = None
    on_behalf_of: Actor | None = None
    traceparent: str | None = None


class Seal(msgspec.Struct, frozen=True):
    """One element of the JSON of `es.events.seals`. `digest`: SHA-256 of the envelope, hexadecimal."""

    key_id: UUID
    digest: str


@dataclass(frozen=True, slots=True)
class StoredFact:
    """A fact as it lies in the store, unopened.

    `position`: None until the sequencer has seen it, as is `held_at`: the time of the position, which is later than the
    fact's own where a writer's clock stepped back.
    `sealed`: the frame of envelopes; None where there was none, or where it is withheld (then `seals` still names it).
    """

    stream_id: UUID
    version: int
    event_id: UUID
    topic: str
    recorded_at: datetime
    clear: bytes
    seals: bytes
    sealed: bytes | None
    meta: bytes
    hash: bytes
    previous_hash: bytes | None
    position: int | None = None
    held_at: datetime | None = None

    def computed_hash(self, previous: bytes | None) -> bytes:
        """What its hash must be after `previous`."""
        return fact_hash(
            previous,
            stream_id=self.stream_id,
            version=self.version,
            event_id=self.event_id,
            topic=self.topic,
            recorded_at=self.recorded_at,
            clear=self.clear,
            meta=self.meta,
            seals=self.seals,
        )

    def with_hash(self) -> StoredFact:
        """The same fact with the hash it must have after `previous_hash`."""
        return replace(self, hash=self.computed_hash(self.previous_hash))


_META = msgspec.json.Decoder(MetaForm)
_SEALS = msgspec.json.Decoder(tuple[Seal, ...])
NO_SEALS = b"[]"


def meta_json(context: CommandContext, traceparent: str | None) -> bytes:
    """The meta bytes of every fact of one command."""
    return msgspec.json.encode(
        MetaForm(
            actor=context.actor,
            correlation_id=context.correlation_id,
            causation_id=context.causation_id,
            on_behalf_of=context.on_behalf_of,
            traceparent=traceparent,
        )
    )


def meta_of(row: asyncpg.Record) -> tuple[FactMeta, str | None]:
    """What the store knows of a row of es.events besides the fact, and its traceparent."""
    return fact_meta(
        row["meta"],
        stream_id=row["stream_id"],
        version=row["version"],
        event_id=row["event_id"],
        topic=row["topic"],
        recorded_at=row["recorded_at"],
    )


def fact_meta(
    stored: bytes, *, stream_id: UUID, version: int, event_id: UUID, topic: str, recorded_at: datetime
) -> tuple[FactMeta, str | None]:
    """What `stored`, the JSON of `meta`, says of a fact, with its other columns; and its traceparent."""
    form = _META.decode(stored)
    meta = FactMeta(
        stream_id=stream_id,
        version=version,
        event_id=event_id,
        topic=topic,
        recorded_at=recorded_at,
        actor=form.actor,
        correlation_id=form.correlation_id,
        causation_id=form.causation_id,
        on_behalf_of=form.on_behalf_of,
    )
    return meta, form.traceparent


def seals_json(parts: tuple[SealedPart, ...]) -> bytes:
    """The bytes that stand for the envelopes in the hash chain."""
    # By hand what msgspec makes of a list of `Seal`: it is done for every fact that is written.
    return b"[%b]" % b",".join(
        [
            b'{"key_id":"%b","digest":"%b"}' % (str(part.key_id).encode(), sha256(part.sealed).hexdigest().encode())
            for part in parts
        ]
    )


def seals_of(seals: bytes) -> tuple[Seal, ...]:
    """The seals again."""
    return _SEALS.decode(seals)


def framed(parts: tuple[SealedPart, ...]) -> bytes | None:
    """The envelopes in one column: each after its length (4 bytes, big-endian). A length of 0: withheld."""
    if not parts:
        return None
    return b"".join([len(part.sealed).to_bytes(_LENGTH_BYTES, "big") + part.sealed for part in parts])


def unframed(seals: bytes, sealed: bytes | None) -> tuple[SealedPart | None, ...]:
    """The envelopes again, one per seal in order; None for one that is withheld.

    Raises:
        FrameBroken: the bytes are not exactly one envelope, or its absence, per seal.
    """
    known = _SEALS.decode(seals)
    if sealed is None:
        return (None,) * len(known)
    parts: list[SealedPart | None] = []
    at = 0
    for seal in known:
        start = at + _LENGTH_BYTES
        end = start + int.from_bytes(sealed[at:start], "big")
        parts.append(SealedPart(key_id=seal.key_id, sealed=sealed[start:end]) if end > start else None)
        at = end
    if at != len(sealed):
        raise FrameBroken(f"{len(sealed)} bytes are not the frame of {len(known)} envelopes")
    return tuple(parts)


def sealed_part(seals: bytes, sealed: bytes | None) -> SealedPart | None:
    """The one envelope of a fact, if it has one that is not withheld."""
    if sealed is None or seals == NO_SEALS:
        return None
    return unframed(seals, sealed)[0]


ONE_SEAL_BYTES = len(seals_json((SealedPart(key_id=UUID(int=0), sealed=b""),)))
"""The JSON of a single seal, whose length is always the same."""
_KEY_ID = slice(len(b'[{"key_id":"'), len(b'[{"key_id":"') + 36)


def lone_envelope(seals: bytes, sealed: bytes) -> tuple[bytes, bytes] | None:
    """Key id (text) and envelope of a fact that has just one: the frequent case, read without parsing JSON.

    None: it is another case, or not the frame that its seal asks for.
    """
    size = len(sealed) - _LENGTH_BYTES
    if len(seals) != ONE_SEAL_BYTES or size <= 0 or sealed[:_LENGTH_BYTES] != size.to_bytes(_LENGTH_BYTES, "big"):
        return None
    return seals[_KEY_ID], sealed[_LENGTH_BYTES:]
