"""A file at rest: cut into pieces, each in an envelope of its own, so that any length is sealed in bounded steps.

A piece is bound to its file and its place, and the last one to being the last: pieces that are moved, left out, cut off
or taken from another file do not open.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from infra.sealing.envelope import SEALED_BYTES_MORE, SealBroken, open_sealed, seal

if TYPE_CHECKING:
    from infra.sealing.content_key import ContentKey

CHUNK_BYTES = 64 * 1024


def seal_chunks(key: ContentKey, plaintext: bytes, *, object_id: UUID) -> bytes:
    """The file as it is stored; an empty one is one empty piece."""
    pieces = range(0, max(len(plaintext), 1), CHUNK_BYTES)
    return b"".join(
        seal(
            key,
            plaintext[start : start + CHUNK_BYTES],
            stream_id=object_id,
            version=_place(number, is_last=number == len(pieces) - 1),
        )
        for number, start in enumerate(pieces)
    )


def open_chunks(key: ContentKey, sealed: bytes, *, object_id: UUID) -> Iterator[bytes]:
    """The file, piece by piece. Whoever passes pieces on before the end must be able to break off.

    Raises:
        SealBroken: it is not that file under that key, byte for byte and to its end.
    """
    size = CHUNK_BYTES + SEALED_BYTES_MORE
    if not sealed:
        raise SealBroken(f"object {object_id}: empty")
    pieces = range(0, len(sealed), size)
    for number, start in enumerate(pieces):
        version = _place(number, is_last=number == len(pieces) - 1)
        yield open_sealed(key, sealed[start : start + size], stream_id=object_id, version=version)


def _place(number: int, *, is_last: bool) -> int:
    return number << 1 | is_last
