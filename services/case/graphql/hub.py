"""Wakes those who wait in this process: something was committed, an answer came in, the log grew.

It carries no content: who is woken looks for itself. The service calls `notify` after each commit and each message it
handled, and `sequenced` when the log grew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

LOOK_AGAIN_MS = 100
"""Another process may have done it, which wakes nobody here: so look again after so long."""


class Hub:
    """One per process; only to be used on its event loop."""

    def __init__(self) -> None:
        self._pulse = asyncio.Event()
        self.position = 0
        """The last position of the log that this process heard of."""

    def notify(self) -> None:
        """Something changed that somebody may be waiting for."""
        pulse, self._pulse = self._pulse, asyncio.Event()
        pulse.set()

    def sequenced(self, position: int) -> None:
        """The log has grown to `position`."""
        self.position = max(self.position, position)
        self.notify()

    async def wait(self, timeout_ms: float) -> None:
        """Until the next notification, or as long as `timeout_ms`."""
        await _within(self._pulse, timeout_ms)

    async def until(self, look: Callable[[], Awaitable[T | None]], *, timeout_ms: int) -> T | None:
        """What `look` finds, asked now and after each notification; None when `timeout_ms` passed first."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_ms / 1000
        while True:
            pulse = self._pulse  # taken before looking, so that nothing falls between look and wait
            found = await look()
            left_ms = (deadline - loop.time()) * 1000
            if found is not None or left_ms <= 0:
                return found
            await _within(pulse, min(left_ms, LOOK_AGAIN_MS))


async def _within(pulse: asyncio.Event, timeout_ms: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout_ms / 1000):
            await pulse.wait()
