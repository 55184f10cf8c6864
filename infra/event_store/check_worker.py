"""A process that checks parts of a log for another: `python -m infra.event_store.check_worker`, asked over its stdin.

A line of JSON says where the log lies and which of its moments is meant; each that follows asks for one part, and is
answered by a line.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import msgspec

from infra.event_store.block_check import BlockCheck
from infra.event_store.check_part import Part, check_part
from infra.event_store.reading import Reading
from infra.sql import statements

LINE_BYTES_MAX = 1 << 20
_SQL = statements("infra.event_store")


class Task(msgspec.Struct, frozen=True):
    """Of which log parts will be asked for. `snapshot`: of a transaction that stays open until all are answered."""

    url: str
    snapshot: str
    positions: int


class Helper:
    """Asks such a process; one part at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def part(self, first: int, last: int) -> Part:
        """What it found at the positions from `first` to `last`.

        Raises:
            OSError, msgspec.MsgspecError: it is not there any more.
        """
        assert self._process.stdin is not None  # noqa: S101  (both were asked for)
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdin.write(msgspec.json.encode((first, last)) + b"\n")
        return msgspec.json.decode(await self._process.stdout.readline(), type=Part)


@asynccontextmanager
async def helper(task: Task) -> AsyncIterator[Helper]:
    """Such a process, ended with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __spec__.name,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # What it cannot do its asker does, and tells of.
        stderr=asyncio.subprocess.DEVNULL,
        limit=LINE_BYTES_MAX,
    )
    assert process.stdin is not None  # noqa: S101  (it was asked for)
    try:
        # The URL holds a password: it is no argument that others could see.
        process.stdin.write(msgspec.json.encode(task) + b"\n")
        yield Helper(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def same_moment(task: Task) -> AsyncIterator[Reading]:
    """A transaction that sees what the asker's does."""
    connection = await asyncpg.connect(task.url, server_settings={"application_name": "eender-verify"})
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute(f"SET TRANSACTION SNAPSHOT '{task.snapshot}'")
            await connection.execute(_SQL["check_settings"])
            yield Reading(connection)
    finally:
        connection.terminate()


async def _answer() -> None:
    task = msgspec.json.decode(sys.stdin.buffer.readline(), type=Task)
    blocks = BlockCheck()
    async with same_moment(task) as reading:
        while asked := sys.stdin.buffer.readline():
            first, last = msgspec.json.decode(asked, type=tuple[int, int])
            part = await check_part(reading, blocks, first, last, positions=task.positions)
            sys.stdout.buffer.write(msgspec.json.encode(part) + b"\n")
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    # What is made here is let go of again at once: there is nothing to collect.
    gc.disable()
    asyncio.run(_answer())
