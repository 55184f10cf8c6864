"""Everything that runs for a measure of the intake: servers that flush what they commit, and the three services."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from infra.embedded.folder import locked_folder
from infra.embedded.ports import free_port
from services.console.run_file import RunFile
from services.console.stack import Stack

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Running:
    """A stack in `folder`. `run`: where everything is."""

    folder: Path
    run: RunFile

    def cpu_s(self, name: str) -> float:
        """A program's time since it began, the system's and its children's included."""
        pid = self.run.pids[name]
        return sum(map(_cpu_s, [pid, *_children(pid)]))

    async def told(self) -> int:
        """How much channels tells in all: each of its facts has a position, sooner or later."""
        channels = await asyncpg.connect(self.run.databases["channels"])
        try:
            count: int = await channels.fetchval("SELECT count(*) FROM es.events")
        finally:
            await channels.close()
        return count

    async def taken_in(self, connection: asyncpg.Connection[asyncpg.Record]) -> int:
        """How far the case service has taken in what channels tells."""
        reached = await connection.fetchval("SELECT position FROM es.checkpoints WHERE name = 'channels' AND part = 0")
        return reached or 0


def _cpu_s(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        # A server process of a connection that was closed meanwhile: its parent counts it from now on.
        return 0.0
    fields = stat.rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / TICKS


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


@asynccontextmanager
async def running(configuration: str) -> AsyncIterator[Running]:
    """A stack on ports of its own, with this configuration."""
    with tempfile.TemporaryDirectory(prefix="eender-intake-") as name, locked_folder(Path(name)):
        folder = Path(name)
        config = folder / "bench.toml"
        config.write_text(configuration, encoding="utf-8")
        said: list[str] = []
        stack = Stack(folder, port=_three_ports(), config=config, say=said.append)
        try:
            await stack.start()
            yield Running(folder, stack.tell())
        finally:
            await stack.stop()


def _three_ports() -> int:
    """The first of three that nobody has now."""
    return free_port(None)
