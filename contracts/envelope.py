"""How a fact travels: one message per position of the sender's log, private facts as empty ones."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import Actor


class SealedPart(msgspec.Struct, frozen=True):
    """One envelope: its key's id in the key store, and the sealed bytes. Bound to (stream, version) of its fact."""

    key_id: UUID
    sealed: bytes


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """A contract fact on its way. `subject` None: a private fact's place in the order, with nothing in it.

    `data` is the JSON of the contract struct of that subject (see `contracts.subjects.MESSAGES`). The envelope in
    `sealed` opens to `{"content": …}`. `position` is the place in the origin's log and the JetStream sequence.
    """

    origin: str
    position: int
    recorded_at: datetime
    subject: str | None = None
    event_id: UUID | None = None
    stream_id: UUID | None = None
    stream_version: int = 0
    actor: Actor | None = None
    correlation_id: UUID | None = None
    causation_id: UUID | None = None
    traceparent: str | None = None
    data: msgspec.Raw = msgspec.field(default_factory=lambda: msgspec.Raw(b"{}"))
    sealed: SealedPart | None = None
