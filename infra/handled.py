"""Who waits for a message to have taken effect here is told so: the last handled position of each origin."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count

WAITERS_MAX = 10_000


class TooManyWaitersError(RuntimeError):
    """More callers wait for effects than this process will hold."""


class Handled:
    """The last position taken in from each origin, and those who wait for a later one. Only for this process."""

    def __init__(self, *, waiters_max: int = WAITERS_MAX) -> None:
        self._positions: dict[str, int] = {}
        self._waiting: dict[str, list[tuple[int, int, asyncio.Future[None]]]] = {}
        self._turn = count()
        self._waiters = 0
        self._waiters_max = waiters_max

    def position(self, origin: str) -> int:
        """The last position of `origin` that took effect; 0 where none has since the process began."""
        return self._positions.get(origin, 0)

    def mark(self, origin: str, position: int) -> None:
        """Positions up to `position` have taken effect, or never will have any."""
        if position <= self.position(origin):
            return
        self._positions[origin] = position
        waiting = self._waiting.get(origin, [])
        while waiting and waiting[0][0] <= position:
            _, _, future = heapq.heappop(waiting)
            if not future.done():
                future.set_result(None)

    async def wait(self, origin: str, position: int, *, timeout_ms: int) -> bool:
        """Wait until `position` of `origin` has taken effect. False when `timeout_ms` passed first.

        Raises:
            TooManyWaitersError: the caller should answer that it is unavailable.
        """
        if self.position(origin) >= position:
            return True
        if self._waiters >= self._waiters_max:
            raise TooManyWaitersError
        future = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(origin, [])
        entry = (position, next(self._turn), future)
        heapq.heappush(waiting, entry)
        self._waiters += 1
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                await future
        except TimeoutError:
            return False
        else:
            return True
        finally:
            self._waiters -= 1
            if entry in waiting:
                waiting.remove(entry)
                heapq.heapify(waiting)
