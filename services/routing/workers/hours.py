"""Keeps the hours: presences end, periods of budgets end and begin."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from services.routing.commands.keep_hours import keep_hours
from services.routing.domain.calendar import Calendar
from services.routing.ports import Attendance, Clock, Ids, Purse, Record

ROUND_EVERY_SECONDS_MAX = 30.0
ROUND_EVERY_SECONDS_MIN = 0.05


class KeepHours:
    """Does a round at the start, when the next thing is due, and at least every ROUND_EVERY_SECONDS_MAX."""

    def __init__(
        self,
        *,
        record: Record,
        attendance: Attendance,
        purse: Purse,
        clock: Clock,
        ids: Ids,
        calendar: Calendar,
        wake: Callable[[], None],
    ) -> None:
        self._record = record
        self._attendance = attendance
        self._purse = purse
        self._clock = clock
        self._ids = ids
        self._calendar = calendar
        self._wake = wake

    async def run(self) -> None:
        """Go round for ever."""
        while True:
            due = await keep_hours(
                record=self._record,
                attendance=self._attendance,
                purse=self._purse,
                clock=self._clock,
                ids=self._ids,
                calendar=self._calendar,
            )
            self._wake()
            wait = ROUND_EVERY_SECONDS_MAX
            if due is not None:
                wait = min(wait, (due - self._clock.now()).total_seconds())
            await asyncio.sleep(max(ROUND_EVERY_SECONDS_MIN, wait))
