"""Queues of this process, one per stream: commands on a busy stream wait their turn instead of racing each other."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from uuid import UUID


class StreamLocks:
    """A lock per stream id, alive only while somebody holds it or waits for it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def hold(self, stream_ids: Sequence[UUID]) -> AsyncIterator[None]:
        """Hold the locks of all of them, taken in one order so that nobody waits in a circle."""
        if len(stream_ids) == 1:
            async with self._locks.setdefault(stream_ids[0], asyncio.Lock()):
                yield
            return
        locks = [self._locks.setdefault(stream_id, asyncio.Lock()) for stream_id in sorted(set(stream_ids))]
        async with AsyncExitStack() as held:
            for lock in locks:
                await held.enter_async_context(lock)
            yield
