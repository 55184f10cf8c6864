"""Small files of settings and secrets: written whole or not at all, readable by their owner only."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar

import msgspec

from infra.embedded.child import EmbeddedError

T = TypeVar("T")


def write_private(path: Path, content: bytes) -> None:
    """Replace the file's content atomically and durably; mode 0600 from its first byte on."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_kept(path: Path, kind: type[T]) -> T | None:
    """The settings kept in a JSON file, or None where there is no such file.

    Raises:
        EmbeddedError: the file is not what we once wrote.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise EmbeddedError(f"{path} is damaged: {error}") from error


def keep(path: Path, settings: msgspec.Struct) -> None:
    """Keep settings in a JSON file."""
    write_private(path, msgspec.json.format(msgspec.json.encode(settings), indent=2) + b"\n")
