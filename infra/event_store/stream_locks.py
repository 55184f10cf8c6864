"""Queues of this process, one per stream: commands on a busy stream wait their turn instead of racing each other."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from uuid import UUID

ALONE = -1


class StreamLocks:
    """A lock per stream id, alive only while somebody holds it or waits for it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[UUID, StreamLock] = WeakValueDictionary()

    @asynccontextmanager
    async def hold(self, stream_ids: Sequence[UUID], shared: Sequence[UUID] = ()) -> AsyncIterator[None]:
        """Hold the locks of all of them, taken in one order so that nobody waits in a circle.

        `shared`: those that are held together with others who share them, but with nobody who does not.
        """
        if len(stream_ids) == 1 and not shared:
            async with self._lock(stream_ids[0]).hold():
                yield
            return
        alone = set(stream_ids)
        async with AsyncExitStack() as held:
            for stream_id in sorted(alone.union(shared)):
                await held.enter_async_context(self._lock(stream_id).hold(shared=stream_id not in alone))
            yield

    def _lock(self, stream_id: UUID) -> StreamLock:
        return self._locks.setdefault(stream_id, StreamLock())


class StreamLock:
    """Held by one alone or by many who share it, in the order in which they came."""

    __slots__ = ("__weakref__", "_holders", "_waiting")

    def __init__(self) -> None:
        self._holders = 0
        self._waiting: deque[tuple[bool, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def hold(self, *, shared: bool = False) -> AsyncIterator[None]:
        """Hold it once all who came before are through, or share it with them."""
        if self._waiting or not self._let_in(shared=shared):
            await self._wait(shared=shared)
        try:
            yield
        finally:
            self._leave()

    async def _wait(self, *, shared: bool) -> None:
        mine = (shared, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        try:
            await mine[1]
        except asyncio.CancelledError:
            if mine in self._waiting:
                self._waiting.remove(mine)
                self._next()
            else:
                self._leave()  # it was let in just before
            raise

    def _let_in(self, *, shared: bool) -> bool:
        if self._holders == 0 or (shared and self._holders > 0):
            self._holders = self._holders + 1 if shared else ALONE
            return True
        return False

    def _leave(self) -> None:
        self._holders = max(0, self._holders - 1)
        self._next()

    def _next(self) -> None:
        while self._waiting and self._let_in(shared=self._waiting[0][0]):
            self._waiting.popleft()[1].set_result(None)
