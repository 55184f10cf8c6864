"""Wakes those who wait in this process: an answer to what they asked came in, or the log grew.

It carries no content: who is woken looks for itself. Waiters name what they wait for, so that an answer wakes its
asker and nobody else: with a hundred mutations waiting, each answer costs one look and not a hundred.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")

LOOK_AGAIN_MS = 500
"""Another process may have done it, which wakes nobody here: so look again after so long."""


class Hub:
    """One per process; only to be used on its event loop."""

    def __init__(self) -> None:
        self._grown = asyncio.Event()
        self._waiting: defaultdict[UUID, set[asyncio.Event]] = defaultdict(set)
        self.position = 0
        """The last position of the log that this process heard of."""

    def answered(self, *keys: UUID) -> None:
        """Something happened to these gestures, requests or transfers."""
        for key in keys:
            for waiter in self._waiting.get(key, ()):
                waiter.set()

    def sequenced(self, position: int) -> None:
        """The log has grown to `position`."""
        self.position = max(self.position, position)
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()

    async def wait(self, timeout_ms: float) -> None:
        """Until the log grows, or as long as `timeout_ms`."""
        await _within(self._grown, timeout_ms)

    async def until(self, look: Callable[[], Awaitable[T | None]], *, timeout_ms: int) -> T | None:
        """What `look` finds, asked now and whenever the log has grown; None when `timeout_ms` passed first."""
        return await self._until(look, lambda: self._grown, timeout_ms)

    async def until_answered(self, key: UUID, look: Callable[[], Awaitable[T | None]], *, timeout_ms: int) -> T | None:
        """What `look` finds, asked now and after each answer to `key`; None when `timeout_ms` passed first."""
        waiter = asyncio.Event()

        def rearmed() -> asyncio.Event:
            waiter.clear()
            return waiter

        self._waiting[key].add(waiter)
        try:
            return await self._until(look, rearmed, timeout_ms)
        finally:
            self._waiting[key].discard(waiter)
            if not self._waiting[key]:
                del self._waiting[key]

    async def _until(
        self, look: Callable[[], Awaitable[T | None]], pulse_of: Callable[[], asyncio.Event], timeout_ms: int
    ) -> T | None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_ms / 1000
        while True:
            pulse = pulse_of()  # taken before looking, so that nothing falls between look and wait
            found = await look()
            left_ms = (deadline - loop.time()) * 1000
            if found is not None or left_ms <= 0:
                return found
            await _within(pulse, min(left_ms, LOOK_AGAIN_MS))


async def _within(pulse: asyncio.Event, timeout_ms: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout_ms / 1000):
            await pulse.wait()
