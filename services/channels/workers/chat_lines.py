"""Who is on the line, in this process: woken when an answer was stored for them, here or by another process."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from infra.logs import log
from infra.postgres import Pool, is_transient
from infra.sql import statements
from services.channels.ports import Clock

POLL_SECONDS = 1.0
LOOK_BACK = timedelta(seconds=15)
"""Each look covers more than the last ones did: a commit may be seen later than its time."""

_SQL = statements("services.channels.workers")
logger = log("chat_lines")


class ChatSwitchboard:
    """Implements `ports.ChatLines`."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._lines: dict[UUID, set[asyncio.Event]] = defaultdict(set)

    @contextmanager
    def listen(self, visitor_id: UUID) -> Iterator[asyncio.Event]:
        """What is set whenever something was stored for the visitor."""
        line = asyncio.Event()
        self._lines[visitor_id].add(line)
        try:
            yield line
        finally:
            self._lines[visitor_id].discard(line)
            if not self._lines[visitor_id]:
                del self._lines[visitor_id]

    def wake(self, visitor_ids: Iterable[UUID]) -> None:
        """Let those of them who are on the line look."""
        for visitor_id in visitor_ids:
            for line in self._lines.get(visitor_id, ()):
                line.set()

    async def run(self) -> None:
        """See for ever what other processes stored. While the database is away it waits."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            if not self._lines:
                continue
            try:
                rows = await self._pool.fetch(_SQL["chat_visitors_with_news"], self._clock.now() - LOOK_BACK)
            except Exception as error:
                if not is_transient(error):
                    raise
                logger.warning("answers cannot be looked up now", error_class=type(error).__name__)
                continue
            self.wake(row["visitor_id"] for row in rows)
