"""The envelope: sealed bytes that open only with their key, and only in the place they were written for.

Format 1: `0x01`, key id (16 bytes), key commitment (32), nonce (12), AES-256-GCM ciphertext with its tag (16). The
associated data binds the header, the stream's id and the version, so an envelope moved to another fact does not open.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING
from uuid import UUID

from cryptography.exceptions import InvalidTag

from infra.clock import CHANCE
from infra.sealing.content_key import ENVELOPE_FORMAT

if TYPE_CHECKING:
    from infra.sealing.content_key import ContentKey

_LABEL = b"eender.seal.v1"
_NONCE_BYTES = 12
_COMMITMENT_AT = 17
_NONCE_AT = 49
_HEADER_BYTES = 61
_TAG_BYTES = 16
SEALED_BYTES_MORE = _HEADER_BYTES + _TAG_BYTES
"""By how much an envelope is longer than what lies in it."""


class SealBroken(Exception):  # noqa: N818
    """An envelope that does not open: damaged, moved from another fact, or sealed under another key."""


def seal(key: ContentKey, plaintext: bytes, *, stream_id: UUID, version: int) -> bytes:
    """Put `plaintext` into an envelope for that version of that stream."""
    # A nonce must never repeat under a key: it is chance itself, not an argument that a replay could give again.
    nonce = CHANCE.take(_NONCE_BYTES)
    header = key.header
    return header + nonce + key.cipher.encrypt(nonce, plaintext, _bound_to(header, stream_id, version))


def open_sealed(key: ContentKey, sealed: bytes, *, stream_id: UUID, version: int) -> bytes:
    """What lies in the envelope.

    Raises:
        SealBroken: it is not an envelope of that key for that version of that stream, byte for byte.
    """
    header = sealed[:_NONCE_AT]
    if not hmac.compare_digest(header, key.header) or len(sealed) < _HEADER_BYTES + _TAG_BYTES:
        other = "sealed under another key" if key_id_of(sealed) != key.key_id else "the envelope commits to another key"
        raise SealBroken(f"stream {stream_id} version {version}: {other}")
    try:
        return key.cipher.decrypt(
            sealed[_NONCE_AT:_HEADER_BYTES], sealed[_HEADER_BYTES:], _bound_to(header, stream_id, version)
        )
    except InvalidTag as error:
        raise SealBroken(f"stream {stream_id} version {version}: damaged, or from another place") from error


def key_id_of(sealed: bytes) -> UUID:
    """Under which content key an envelope was sealed.

    Raises:
        SealBroken: these bytes are no envelope of a format known here.
    """
    if sealed[:1] != ENVELOPE_FORMAT or len(sealed) < _HEADER_BYTES + _TAG_BYTES:
        raise SealBroken("no envelope of a known format")
    return UUID(bytes=sealed[1:_COMMITMENT_AT])


def _bound_to(header: bytes, stream_id: UUID, version: int) -> bytes:
    return _LABEL + header + stream_id.bytes + version.to_bytes(8, "big")
