"""Written down soon, by somebody else: entries that are noted without waiting and committed in groups."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")

ENTRIES_MAX = 20_000
GROUP_DELAY_MS = 250
GROUP_ENTRIES_MAX = 500


class Journal(Generic[T]):
    """A bounded queue in front of `write`, which stores a group of entries, all or none, whenever it is called again.

    Noting never waits; whoever is about to do what must be noted waits for room first. So nothing is dropped: while
    the storage is away work goes on until `entries_max` entries wait, and then stands still. What a process that is
    killed had noted and not committed is lost: what came in within `group_delay_ms` and the time of one commit, or,
    while the storage is away, since it went away. A group that fails stays in the queue.
    """

    def __init__(
        self,
        write: Callable[[Sequence[T]], Awaitable[None]],
        *,
        entries_max: int = ENTRIES_MAX,
        group_delay_ms: int = GROUP_DELAY_MS,
    ) -> None:
        self._write = write
        self._entries_max = entries_max
        self._group_delay_s = group_delay_ms / 1000
        self._queue: list[T] = []
        self._arrived = asyncio.Event()
        self._moved = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many entries are not committed yet."""
        return len(self._queue)

    def note(self, entries: Sequence[T]) -> None:
        """Take entries in. Those of work that had room when it began always fit."""
        if entries:
            self._queue.extend(entries)
            self._arrived.set()

    async def room(self) -> None:
        """Return at once, unless too much waits to be written: then as soon as some of it was."""
        while len(self._queue) >= self._entries_max:
            self._moved.clear()
            await self._moved.wait()

    async def run(self) -> None:
        """Commit what is noted, group after group, until cancelled.

        Raises:
            Exception: what `write` raised; the entries are kept, run it again.
        """
        while True:
            await self._arrived.wait()
            await asyncio.sleep(self._group_delay_s)
            while self._queue:
                group = self._queue[:GROUP_ENTRIES_MAX]
                await self._write(group)
                del self._queue[: len(group)]
                self._moved.set()
            self._arrived.clear()

    async def drain(self, *, seconds_max: float) -> None:
        """Wait until everything noted so far is committed, no longer than `seconds_max`; `run` goes on meanwhile."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds_max):
                while self._queue:
                    self._moved.clear()
                    await self._moved.wait()
