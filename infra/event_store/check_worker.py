"""Processes that check parts of a log for this one, each asked and answering by lines of JSON.

They are forked: to start an interpreter and import all of this takes as long as checking thirty thousand facts.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import threading
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

    def __init__(self, asked: int, answers: asyncio.StreamReader) -> None:
        self._asked = asked
        self._answers = answers

    async def part(self, first: int, last: int) -> Part:
        """What it found at the positions from `first` to `last`.

        Raises:
            OSError, msgspec.MsgspecError: it is not there any more.
        """
        # A pipe takes so few bytes at once.
        os.write(self._asked, msgspec.json.encode((first, last)) + b"\n")
        return msgspec.json.decode(await self._answers.readline(), type=Part)


@asynccontextmanager
async def helper(task: Task) -> AsyncIterator[Helper]:
    """Such a process, ended with the block."""
    to_read, asked = os.pipe()
    answers, to_write = os.pipe()
    process = os.fork()
    if process == 0:
        _be_helper(task, to_read, to_write, unused=(asked, answers))
    os.close(to_read)
    os.close(to_write)
    reader = asyncio.StreamReader(limit=LINE_BYTES_MAX)
    try:
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(answers, "rb")
        )
        with contextlib.closing(transport):
            yield Helper(asked, reader)
    finally:
        os.close(asked)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)  # noqa: ASYNC222  (it was killed: there is nothing to wait for)


def _be_helper(task: Task, to_read: int, to_write: int, *, unused: tuple[int, ...]) -> None:
    """What the child does, of which nothing goes on after it. What it cannot do its asker does, and tells of."""
    with contextlib.suppress(BaseException):
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        for each in unused:
            os.close(each)
        # What is made here is let go of again at once: there is nothing to collect.
        gc.disable()
        # In a thread of its own, which knows nothing of the asker's event loop.
        answering = threading.Thread(target=lambda: asyncio.run(_answer(task, to_read, to_write)))
        threading.excepthook = lambda _: None
        answering.start()
        answering.join()
    os._exit(0)


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


async def _answer(task: Task, to_read: int, to_write: int) -> None:
    blocks = BlockCheck()
    async with same_moment(task) as reading:
        with os.fdopen(to_read, "rb") as questions, os.fdopen(to_write, "wb", 0) as answers:
            while asked := questions.readline():
                first, last = msgspec.json.decode(asked, type=tuple[int, int])
                part = await check_part(reading, blocks, first, last, positions=task.positions)
                answers.write(msgspec.json.encode(part) + b"\n")
