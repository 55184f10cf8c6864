"""Keeps background work going: what ends or fails starts again with back-off, and is known to be down meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from infra.logs import log

RETRY_DELAY_SECONDS_MIN = 0.1
RETRY_DELAY_SECONDS_MAX = 10.0
SOUND_AFTER_SECONDS = 30.0
"""Work that ran this long is taken for sound again: its next failure is retried at once."""

CANCEL_AGAIN_SECONDS = 0.1

logger = log("supervisor")


async def end_tasks(tasks: Iterable[asyncio.Task[None]], *, seconds_max: float) -> None:
    """Cancel tasks and wait for their ends. Those that still run after `seconds_max` are left, and named in the log.

    Cancelled again and again: `asyncio.wait_for` of Python 3.11, which libraries use, swallows a cancellation that
    arrives together with what was waited for.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds_max
    left = set(tasks)
    while left and loop.time() < deadline:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=min(CANCEL_AGAIN_SECONDS, max(0, deadline - loop.time())))
    for task in left:
        logger.warning("task did not stop in time", task=task.get_name())


class Supervisor:
    """A set of named tasks that are meant to run until `stop()`."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._down: set[str] = set()
        self._stopping = False

    def spawn(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Keep `work()` running under `name`, which must be free."""
        if name in self._tasks:
            raise ValueError(f"{name} runs already")
        self._tasks[name] = asyncio.get_running_loop().create_task(self._keep(name, work), name=name)

    def down(self) -> list[str]:
        """The names of what failed and has not started again."""
        return sorted(self._down)

    async def stop(self, *, seconds_max: float) -> None:
        """Cancel everything and wait for it, no longer than `seconds_max`."""
        self._stopping = True
        tasks = list(self._tasks.values())
        self._tasks.clear()
        await end_tasks(tasks, seconds_max=seconds_max)

    async def _keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        delay = RETRY_DELAY_SECONDS_MIN
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            self._down.discard(name)
            try:
                await work()
                reason = "ended"
            except Exception as error:  # noqa: BLE001  (whatever it was, the work must go on; its class is logged)
                reason = type(error).__name__
            if self._stopping:
                return
            if loop.time() - began > SOUND_AFTER_SECONDS:
                delay = RETRY_DELAY_SECONDS_MIN
            self._down.add(name)
            logger.error("task failed and starts again", task=name, error_class=reason, seconds=delay)
            await asyncio.sleep(delay)
            delay = min(delay * 2, RETRY_DELAY_SECONDS_MAX)
