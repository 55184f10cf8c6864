"""A content key, ready to use: what it encrypts with and what it commits to are both derived from its secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

if TYPE_CHECKING:
    from uuid import UUID

SECRET_BYTES = 32
ENVELOPE_FORMAT = b"\x01"
_CONTENT = b"eender.content.v1"


def derive(secret: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose (HKDF-SHA256, no salt); they tell nothing of the secret or of other purposes' bytes."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret)


class ContentKey:
    """Seals and opens one subject's content in one matter.

    `commitment` stands in every envelope: AES-GCM alone would let a second key open the same bytes to another text.
    `header`: what every envelope under this key begins with. `seal_began`: what the JSON of an envelope's seal begins
    with, up to its digest (`infra.event_store.stored_form`).
    """

    __slots__ = ("cipher", "commitment", "header", "key_id", "seal_began")

    def __init__(self, key_id: UUID, secret: bytes) -> None:
        # A secret is chance itself, of which there is nothing to extract first (RFC 5869, section 3.3).
        derived = HKDFExpand(algorithm=SHA256(), length=2 * SECRET_BYTES, info=_CONTENT).derive(secret)
        self.key_id = key_id
        self.cipher = AESGCM(derived[:SECRET_BYTES])
        self.commitment = derived[SECRET_BYTES:]
        self.header = ENVELOPE_FORMAT + key_id.bytes + self.commitment
        self.seal_began = b'[{"key_id":"%b","digest":"' % str(key_id).encode()

    def __repr__(self) -> str:
        return f"ContentKey({self.key_id})"
