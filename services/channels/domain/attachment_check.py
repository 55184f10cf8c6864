"""Looking at a file before it is kept: how large it is, what it is by its content, and whether it is the one announced.

Nothing is unpacked and nothing is rendered: an archive is one file.
"""

from __future__ import annotations

import base64
import binascii
from hashlib import sha256

import msgspec

from contracts.content import AttachmentContent
from contracts.object_store import OBJECT_BYTES_MAX_DEFAULT
from services.channels.domain.attachment import EMPTY, TOO_LARGE, TYPE_NOT_ALLOWED, RefusedFile
from services.channels.domain.file_types import REFUSED, media_type_of

_DIGEST_BYTES = 32
_HEX_LENGTH = 64


class Limits(msgspec.Struct, frozen=True):
    """What is kept at all. `refused_types`: by content, those of the house besides."""

    bytes_max: int = OBJECT_BYTES_MAX_DEFAULT
    refused_types: frozenset[str] = frozenset()


class Examined(msgspec.Struct, frozen=True):
    """What a file is. `digest`: its SHA-256."""

    media_type: str
    size_bytes: int
    digest: bytes


def refused_unseen(said: AttachmentContent, limits: Limits) -> RefusedFile | None:
    """Why it need not even be fetched: its sender says how large it is. None: it is to be looked at."""
    if said.size_bytes is not None and said.size_bytes > limits.bytes_max:
        return RefusedFile(TOO_LARGE, size_bytes=said.size_bytes)
    return None


def examined(data: bytes, said: AttachmentContent, limits: Limits) -> Examined | RefusedFile:
    """What it is, or why it is not kept."""
    size = len(data)
    if size > limits.bytes_max:
        return RefusedFile(TOO_LARGE, size_bytes=size)
    media_type = media_type_of(data, said.media_type.partition(";")[0].strip().lower())
    if size == 0:
        return RefusedFile(EMPTY, media_type, 0)
    if media_type in REFUSED or media_type in limits.refused_types:
        return RefusedFile(TYPE_NOT_ALLOWED, media_type, size)
    return Examined(media_type, size, sha256(data).digest())


def is_as_announced(digest: bytes, said: AttachmentContent) -> bool:
    """Whether it is the file its channel announced, by the hash that came with it, where one came."""
    wanted = _digest_of(said.sha256)
    return wanted is None or wanted == digest


def _digest_of(written: str | None) -> bytes | None:
    """Platforms write a hash in hexadecimal or in base64; what is neither tells nothing."""
    try:
        if written is None or len(written) == _HEX_LENGTH:
            return None if written is None else bytes.fromhex(written)
        decoded = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if len(decoded) == _DIGEST_BYTES else None
