"""`DIR/run.json`: what a running stack tells other programs of the same user; it holds secrets, mode 0600."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from infra.embedded.child import EmbeddedError
from infra.embedded.kept import keep, read_kept
from services.console.failure import CommandFailed

DATA_DEFAULT = Path(".eender")
DATABASES = ("channels", "case", "routing", "keys")


class RunFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where everything is. `databases` by service, and `keys`; `pids` by program; `config`: the file, absolute."""

    graphql: str
    webhooks: str
    routing: str
    databases: dict[str, str]
    nats: str
    pids: dict[str, int]
    config: str | None = None


def run_file(folder: Path) -> Path:
    """Where it lies."""
    return folder / "run.json"


def write_run_file(folder: Path, run: RunFile) -> None:
    """Replace it atomically."""
    keep(run_file(folder), run)


def read_running(folder: Path) -> RunFile:
    """What the stack in `folder` tells.

    Raises:
        CommandFailed: none is running there.
    """
    try:
        run = read_kept(run_file(folder), RunFile)
    except EmbeddedError as error:
        raise CommandFailed(str(error)) from error
    except OSError as error:
        raise CommandFailed(f"{run_file(folder)} cannot be read: {error.strerror}") from error
    if run is None or not _alive(run.pids.get("up", 0)):
        raise CommandFailed(f"no stack is running in {folder}: start one with `eender up --data {folder}`")
    return run


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid > 0
