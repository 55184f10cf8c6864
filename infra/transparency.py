"""The hash chain of a stream: each fact's hash covers the fact and its predecessor's hash, so nothing changes unseen.

How to compute it, in any language. The hash of a fact is SHA-256 over ten parts in this order, each preceded by its
length in bytes as an unsigned 32-bit big-endian number:

1.  the text `eender.fact.v1`
2.  the 32 bytes of the previous fact's hash in the stream; of length 0 for version 1
3.  the stream's id as text: lower-case hexadecimal with hyphens
4.  the version, as decimal text
5.  the event id, as text like the stream's id
6.  the topic
7.  the time of recording: whole microseconds since 1970-01-01T00:00:00Z, as decimal text
8.  `clear`: the bytes of the fact's clear fields, JSON exactly as stored
9.  `meta`: the bytes of actor, correlation and causation, JSON exactly as stored
10. `seals`: the bytes of the list of envelopes' key ids and SHA-256 digests, JSON exactly as stored

All text is UTF-8. The envelopes themselves are no part: one may be withheld and the chain still verifies. A fact's hash
is not the hash of anybody's words: `seals` covers ciphertext only.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from struct import Struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

LABEL = b"eender.fact.v1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_length = Struct(">I").pack
_LABEL_PART = _length(len(LABEL)) + LABEL
_ID_LENGTH = _length(36)


def microseconds(at: datetime) -> int:
    """Whole microseconds since 1970-01-01T00:00:00Z, exactly.

    Raises:
        TypeError: `at` has no time zone.
    """
    return (at - _EPOCH) // _MICROSECOND


def counted(part: bytes) -> bytes:
    """A part as it is hashed: after its length."""
    return _length(len(part)) + part


def counted_time(at: datetime) -> bytes:
    """The time of recording as it is hashed."""
    return counted(b"%d" % microseconds(at))


def fact_hash(
    previous: bytes | None,
    *,
    stream_id: UUID,
    version: int,
    event_id: UUID,
    topic: str,
    recorded_at: datetime,
    clear: bytes,
    meta: bytes,
    seals: bytes,
) -> bytes:
    """The 32 bytes that a fact adds to its stream's chain. `previous`: None for version 1."""
    kind, at = counted(topic.encode()), counted_time(recorded_at)
    return hash_of_parts(
        previous or b"", str(stream_id), version, str(event_id), kind + at, clear, counted(meta), seals
    )


def hash_of_parts(  # noqa: PLR0917  (a fact has as many)
    previous: bytes,
    stream: str,
    version: int,
    event: str,
    kind_and_time: bytes,
    clear: bytes,
    meta: bytes,
    seals: bytes,
) -> bytes:
    """The same, for who has several facts with parts in common: topic, time and meta come `counted`."""
    number = b"%d" % version
    # Joined by hand, not in a loop over the parts: it is done for every fact that is written or verified.
    return sha256(
        b"".join(
            (
                _LABEL_PART,
                _length(len(previous)),
                previous,
                _ID_LENGTH,
                stream.encode(),
                _length(len(number)),
                number,
                _ID_LENGTH,
                event.encode(),
                kind_and_time,
                _length(len(clear)),
                clear,
                meta,
                _length(len(seals)),
                seals,
            )
        )
    ).digest()
