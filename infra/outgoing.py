"""What leaves a service: a logged fact as the message its position becomes, the same whenever it is asked for."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from contracts.envelope import Message
from contracts.stored import FactMeta
from contracts.subjects import CONTENTS
from infra.event_store import AnyFact, Logged

Publish = Callable[[AnyFact, FactMeta], tuple[str, msgspec.Struct] | None]
"""A private fact's public form: the subject and its contract struct, or None for a fact that stays private."""

_encoder = msgspec.json.Encoder()


def message_of(logged: Logged, origin: str, publish: Publish) -> Message:
    """The message of one position: an empty one where the fact stays private.

    Sealed content is passed on sealed, and only where the message is declared to carry some: what else a fact seals
    stays at home.
    """
    meta = logged.meta
    public = publish(logged.fact, meta)
    if public is None:
        return Message(origin=origin, position=logged.position, recorded_at=meta.recorded_at)
    subject, data = public
    return Message(
        origin=origin,
        position=logged.position,
        recorded_at=meta.recorded_at,
        subject=subject,
        event_id=meta.event_id,
        stream_id=meta.stream_id,
        stream_version=meta.version,
        actor=meta.actor,
        correlation_id=meta.correlation_id,
        causation_id=meta.causation_id,
        traceparent=logged.traceparent,
        data=msgspec.Raw(_encoder.encode(data)),
        sealed=logged.sealed if subject in CONTENTS else None,
    )


def encoded(message: Message) -> bytes:
    """The message as it travels: JSON."""
    return _encoder.encode(message)
