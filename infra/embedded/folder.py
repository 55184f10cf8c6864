"""The data folder of a local stack: locked by one `up` at a time, of a format this program knows."""

from __future__ import annotations

import base64
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from infra.embedded.child import EmbeddedError
from infra.embedded.kept import keep, read_kept, write_private

FORMAT = 1
KEK_BYTES = 32


class FolderVersion(msgspec.Struct):
    """What `version.json` says: the number grows when an older program could no longer read the folder."""

    format: int


@contextmanager
def locked_folder(path: Path) -> Iterator[Path]:
    """The folder, made where missing, with a key-encryption key in it, ours alone until the end.

    Raises:
        EmbeddedError: another process has it, it is of a newer version, or it cannot be written.
    """
    folder = path.absolute()
    try:
        # Root's folder lets others pass through, because Postgres runs as another user; the secrets in it are 0600.
        folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        lock = (folder / "lock").open("a+")
    except OSError as error:
        raise EmbeddedError(f"{folder} cannot be used: {error.strerror}") from error
    with lock:
        _lock(lock, folder)
        _check_version(folder)
        yield folder


def _lock(lock: IO[str], folder: Path) -> None:
    """Take the lock, which the system gives back however we end."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        holder = lock.read(20).strip() or "unknown"
        raise EmbeddedError(f"another `eender up` (process {holder}) is running in {folder}") from error
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()


def _check_version(folder: Path) -> None:
    """Refuse what a newer program wrote; mark a new folder as ours."""
    path, kek = folder / "version.json", folder / "kek"
    version = read_kept(path, FolderVersion)
    if version is not None and version.format > FORMAT:
        raise EmbeddedError(
            f"{folder} is of a newer version of eender (format {version.format}; this one knows up to {FORMAT})"
        )
    if not kek.exists():
        if version is not None:
            raise EmbeddedError(f"{kek} is missing: without it nothing sealed in {folder} can be read; put it back")
        write_private(kek, base64.b64encode(secrets.token_bytes(KEK_BYTES)) + b"\n")
    if version is None:
        keep(path, FolderVersion(FORMAT))
