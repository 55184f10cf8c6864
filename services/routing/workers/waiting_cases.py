"""Keeps deciding the cases that nobody has: when somebody came, got room or left, and from time to time."""

from __future__ import annotations

import asyncio

from services.routing.commands.decide_again import decide_again
from services.routing.ports import Clock, Floor, Ids, Record

PASS_EVERY_SECONDS = 5.0
"""Without being woken: changes that another router's process heard of, and what a crash left undone."""
PASS_EVERY_SECONDS_MIN = 0.05


class DecideAgain:
    """Runs passes over the waiting cases: at the start, whenever woken, and every PASS_EVERY_SECONDS."""

    def __init__(self, *, record: Record, floor: Floor, clock: Clock, ids: Ids) -> None:
        self._record = record
        self._floor = floor
        self._clock = clock
        self._ids = ids
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Ask for a pass soon; a pass that runs is followed by another."""
        self._woken.set()

    async def run(self) -> None:
        """Pass for ever."""
        while True:
            self._woken.clear()
            await decide_again(record=self._record, floor=self._floor, clock=self._clock, ids=self._ids)
            ends, wait = await self._floor.next_offer_end(), PASS_EVERY_SECONDS
            if ends is not None:
                wait = min(wait, max(PASS_EVERY_SECONDS_MIN, (ends - self._clock.now()).total_seconds()))
            try:
                async with asyncio.timeout(wait):
                    await self._woken.wait()
            except TimeoutError:
                continue
