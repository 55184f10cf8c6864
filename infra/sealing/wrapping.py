"""Keys under keys: a secret wrapped by another, bound to the place it is stored in."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag

from infra.sealing.kek import KekError

if TYPE_CHECKING:
    from uuid import UUID

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from contracts.stored import SealingScope

_NONCE_BYTES = 12


def subject_place(subject_id: UUID) -> bytes:
    """Where a subject's key lies."""
    return b"eender.subject.v1" + subject_id.bytes


def content_place(key_id: UUID, scope: SealingScope) -> bytes:
    """Where a content key lies."""
    return b"eender.content.v1" + key_id.bytes + scope.subject_id.bytes + scope.scope_id.bytes


def wrap(cipher: AESGCM, secret: bytes, place: bytes) -> bytes:
    """The secret, to be stored in that place and no other."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, secret, place)


def unwrap(cipher: AESGCM, wrapped: bytes, place: bytes) -> bytes:
    """The secret that was stored in that place.

    Raises:
        KekError: it is damaged, or of another place.
    """
    try:
        return cipher.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], place)
    except InvalidTag as error:
        raise KekError("a stored key does not unwrap: its row is damaged or was moved") from error
