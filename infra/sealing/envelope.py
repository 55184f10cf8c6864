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
    from collections.abc import Callable

    from infra.sealing.content_key import ContentKey

_LABEL = b"eender.seal.v1"
_NONCE_BYTES = 12
_COMMITMENT_AT = 17
_NONCE_AT = 49
_HEADER_BYTES = 61
_TAG_BYTES = 16
_VERSION_BYTES = 8
SEALED_BYTES_MORE = _HEADER_BYTES + _TAG_BYTES
"""By how much an envelope is longer than what lies in it."""


class SealBroken(Exception):  # noqa: N818
    """An envelope that does not open: damaged, moved from another fact, or sealed under another key."""


def seal(key: ContentKey, plaintext: bytes, *, stream_id: UUID, version: int) -> bytes:
    """Put `plaintext` into an envelope for that version of that stream."""
    # A nonce must never repeat under a key: it is chance itself, not an argument that a replay could give again.
    nonce = CHANCE.take(_NONCE_BYTES)
    header = key.header
    place = _bound_to(header, stream_id) + version.to_bytes(_VERSION_BYTES, "big")
    return header + nonce + key.cipher.encrypt(nonce, plaintext, place)


def open_sealed(key: ContentKey, sealed: bytes, *, stream_id: UUID, version: int) -> bytes:
    """What lies in the envelope.

    Raises:
        SealBroken: it is not an envelope of that key for that version of that stream, byte for byte.
    """
    return opener(key, stream_id)(sealed, version)


def opener(key: ContentKey, stream_id: UUID) -> Callable[[bytes, int], bytes]:
    """What opens envelopes of one key on one stream, by version; see `open_sealed`."""
    head, decrypt, bound = key.header, key.cipher.decrypt, _bound_to(key.header, stream_id)

    def opened(sealed: bytes, version: int) -> bytes:
        if not hmac.compare_digest(sealed[:_NONCE_AT], head) or len(sealed) < SEALED_BYTES_MORE:
            other = "sealed under another key"
            if key_id_of(sealed) == key.key_id:
                other = "the envelope commits to another key"
            raise SealBroken(f"stream {stream_id} version {version}: {other}")
        try:
            place = bound + version.to_bytes(_VERSION_BYTES, "big")
            return decrypt(sealed[_NONCE_AT:_HEADER_BYTES], sealed[_HEADER_BYTES:], place)
        except InvalidTag as error:
            raise SealBroken(f"stream {stream_id} version {version}: damaged, or from another place") from error

    return opened


def key_id_of(sealed: bytes) -> UUID:
    """Under which content key an envelope was sealed.

    Raises:
        SealBroken: these bytes are no envelope of a format known here.
    """
    if sealed[:1] != ENVELOPE_FORMAT or len(sealed) < _HEADER_BYTES + _TAG_BYTES:
        raise SealBroken("no envelope of a known format")
    return UUID(bytes=sealed[1:_COMMITMENT_AT])


def _bound_to(header: bytes, stream_id: UUID) -> bytes:
    return _LABEL + header + stream_id.bytes
