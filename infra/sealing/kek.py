"""The key-encryption key: comes from outside, is never stored, and wraps every subject's key."""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path

KEK_BYTES = 32
_FILE_BYTES_MAX = 4096


class KekError(Exception):
    """The key-encryption key cannot be had from where it was said to be. Never holds the key."""


def load_kek(spec: str) -> bytes:
    """The 32 bytes behind `env:NAME` (base64) or `file:PATH` (raw, or base64).

    Raises:
        KekError: no such place, or something else lies there.
    """
    kind, _, place = spec.partition(":")
    if kind == "env" and place:
        text = os.environ.get(place)
        if text is None:
            raise KekError(f"key-encryption key: environment variable {place} is not set")
        return _decoded(text.encode(), spec)
    if kind == "file" and place:
        try:
            with Path(place).open("rb") as file:
                content = file.read(_FILE_BYTES_MAX)
        except OSError as error:
            raise KekError(f"key-encryption key: {place} cannot be read: {error.strerror}") from error
        return content if len(content) == KEK_BYTES else _decoded(content, spec)
    raise KekError("key-encryption key: must be env:NAME or file:PATH")


def _decoded(content: bytes, spec: str) -> bytes:
    text = content.strip().replace(b"-", b"+").replace(b"_", b"/")
    try:
        kek = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise KekError(f"key-encryption key: what {spec} holds is not base64") from error
    if len(kek) != KEK_BYTES:
        raise KekError(f"key-encryption key: {spec} holds {len(kek)} bytes, not {KEK_BYTES}")
    return kek
