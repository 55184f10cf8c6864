"""What of a demo is kept in the data folder: which shop it is, whether it is filled, and its configuration."""

from __future__ import annotations

from pathlib import Path

import msgspec

from infra.embedded.kept import keep, read_kept, write_private
from services.console.demo_shop import configuration_text
from services.console.failure import CommandFailed

STATE = "demo.json"


class DemoState(msgspec.Struct):
    """What `DIR/demo.json` says: which shop, and whether it was filled to the end."""

    seed: int
    filled: bool = False


def demo_configuration(folder: Path) -> Path:
    """Where the demo keeps a configuration of its own."""
    return folder / "demo.toml"


def being_filled(folder: Path) -> Path:
    """A file that is there as long as the demo is not filled to the end: until then no service says it is ready."""
    return folder / "being-filled"


def prepare(folder: Path, seed: int) -> None:
    """Mark an empty folder as a demo's, with a configuration.

    Raises:
        CommandFailed: it holds data that are no demo's.
    """
    if read_kept(folder / STATE, DemoState) is None:
        if (folder / "postgres").exists():
            raise CommandFailed(f"{folder} holds data already: --demo fills an empty folder")
        keep(folder / STATE, DemoState(seed))
    if not demo_configuration(folder).exists():
        write_private(demo_configuration(folder), configuration_text().encode())
