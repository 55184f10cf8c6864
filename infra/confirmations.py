"""The key by which it is signed what somebody was shown and may confirm: derived, so that nothing more is kept."""

from __future__ import annotations

from infra.sealing.content_key import derive


def confirmation_key(kek: bytes) -> bytes:
    """Of an installation, from its key-encryption key."""
    return derive(kek, "eender.confirmation.sign.v1")
