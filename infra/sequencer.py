"""Gives every stored fact its position: one order without gaps, in which nothing appears late at an earlier place.

A position is given to what this turn's snapshot sees and the last one did not (docs/decisions), so appending needs no
lock and a long transaction holds nobody up: its facts take later positions. Any number of sequencers may run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from infra import metrics
from infra.crashpoint import Place, passing
from infra.postgres import Pool
from infra.sql import statements

TURN_EVENTS_MAX = 2_000
SETTLED_EVENTS_MAX = 10_000
POLL_SECONDS = 0.25
"""How long a fact stored by another process waits at most; what this process stores wakes us at once."""


class Sequencer:
    """Sequences one database. `wake`: set after each commit. `on_sequenced`: told the log's last position.

    What another process numbered is told within POLL_SECONDS.
    """

    def __init__(
        self,
        pool: Pool,
        wake: asyncio.Event,
        on_sequenced: Callable[[int], None],
        *,
        turn_events_max: int = TURN_EVENTS_MAX,
    ) -> None:
        self._pool = pool
        self._wake = wake
        self._on_sequenced = on_sequenced
        self._turn_events_max = turn_events_max
        self._sql = statements("infra")
        self._told = 0

    async def run(self) -> None:
        """Sequence for ever. Errors of the database end it; its keeper starts it again."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(self._sql["lock_sequencer"])
            restored = await connection.fetchval(self._sql["forget_foreign_snapshot"])
            position = await connection.fetchval(self._sql["last_position"])
        if position is None:
            raise RuntimeError("es.sequencer holds no row 1")
        self._tell(position)
        if restored is not None:
            await self._settle()
        while True:
            woken = self._wake.is_set()
            self._wake.clear()
            if woken or await self._look():
                await self.catch_up()
            await self._wait()

    async def catch_up(self) -> None:
        """Sequence all that is committed now, turn by turn."""
        while (await self._turn())[1]:
            pass

    async def turn(self) -> int:
        """Give positions to at most one turn's worth of facts; how many it were."""
        return (await self._turn())[0]

    async def _settle(self) -> None:
        """After a restore: number what had no position yet, and make its transactions ones of the past."""
        await self.catch_up()
        while await self._settled() == SETTLED_EVENTS_MAX:
            pass

    async def _settled(self) -> int:
        tag = await self._pool.execute(self._sql["settle_foreign_transactions"], SETTLED_EVENTS_MAX)
        return int(tag.rpartition(" ")[2])

    async def _turn(self) -> tuple[int, bool]:
        """How many facts got their positions, and whether there may be more."""
        row = await self._pool.fetchrow(self._sql["sequence"], self._turn_events_max)
        assert row is not None  # noqa: S101  (an aggregate always answers)
        passing(Place.SEQUENCER_NUMBERED)
        if row["sequenced"]:
            self._tell(row["last_position"])
        return row["sequenced"], row["unfinished"]

    async def _look(self) -> bool:
        """Whether there is anything to number. What another process numbered is told here, too."""
        found = await self._pool.fetchrow(self._sql["look"])
        assert found is not None  # noqa: S101  (a select of scalars always answers)
        if found["last_position"] > self._told:
            self._tell(found["last_position"])
        unsequenced: bool = found["anything_unsequenced"]
        return unsequenced

    def _tell(self, position: int) -> None:
        self._told = position
        metrics.sequencer_position.set(position)
        self._on_sequenced(position)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            return
