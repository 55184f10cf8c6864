"""Backups as docs/operations.md says they are made and restored."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from infra.embedded.binaries import postgres_programs

PLAIN = {"PATH": os.defpath, "LC_ALL": "C"}
PROGRAM_S_MAX = 120


def run(program: str, *words: str | Path) -> str:
    """What one of PostgreSQL's programs prints."""
    command: Sequence[str] = [str(postgres_programs() / program), *map(str, words)]
    return subprocess.run(
        command, check=True, env=PLAIN, timeout=PROGRAM_S_MAX, stdout=subprocess.PIPE, text=True
    ).stdout


def back_up(source: str, dump: Path) -> None:
    """For a server whose roles have other names."""
    run("pg_dump", "--no-owner", "--no-privileges", "--file", dump, source)


def restore(dump: Path, target: str) -> None:
    """Into an empty database."""
    run("psql", "--no-psqlrc", "--single-transaction", "-v", "ON_ERROR_STOP=1", "-f", dump, target)
