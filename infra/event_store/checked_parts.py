"""Hands the parts of a log out to be checked: here, and where there is much to do by helpers on the other cores."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import msgspec

from infra.event_store.block_check import BlockCheck
from infra.event_store.check_part import Part, check_part
from infra.event_store.check_worker import Task, helper
from infra.sql import statements

if TYPE_CHECKING:
    from infra.event_store.reading import Reading

PART_POSITIONS_MAX = 8_192
PART_POSITIONS_MIN = 1_024
"""Multiples of a tile's. Towards the end parts become smaller, so that no checker waits long for the last one."""
HELPERS_MAX = 7
HELPED_POSITIONS_MIN = 2 * PART_POSITIONS_MAX
HELPED_PART_SECONDS_MAX = 60.0
"""For a part, which takes a tenth of a second: a helper that takes longer hangs, and is asked no more."""
_SQL = statements("infra.event_store")

Span = tuple[int, int]
"""First and last position of a part."""
Checker = Callable[[int, int], Awaitable[Part]]


@asynccontextmanager
async def checked_parts(
    reading: Reading, url: str | None, *, positions: int
) -> AsyncIterator[AsyncIterator[tuple[Span, Part]]]:
    """The parts of a log in order, each with its place, as they are checked; left at any moment."""
    blocks = BlockCheck()

    async def here(first: int, last: int) -> Part:
        return await check_part(reading, blocks, first, last, positions=positions)

    checkers: list[Checker] = [here]
    async with AsyncExitStack() as resources:
        if url is not None and positions >= HELPED_POSITIONS_MIN:
            ((snapshot,),) = await reading.fetch(_SQL["check_export"])
            for _ in range(min((os.cpu_count() or 1) - 1, HELPERS_MAX)):
                beside = await resources.enter_async_context(helper(Task(url, snapshot, positions)))
                checkers.append(_surely(beside.part, here))
        spans = list(_spans(positions, len(checkers)))
        checked: dict[Span, asyncio.Future[Part]] = {span: asyncio.Future() for span in spans}
        left = deque(spans)
        working = [asyncio.create_task(_work(checker, left, checked)) for checker in checkers]
        try:
            yield _each(checked)
        finally:
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)


def _spans(positions: int, checkers: int) -> Iterator[Span]:
    """The log in parts, none of them more than half of what is left for each of the checkers."""
    last = 0
    while last < positions:
        fair = (positions - last) // (2 * checkers)
        size = min(max(fair - fair % PART_POSITIONS_MIN, PART_POSITIONS_MIN), PART_POSITIONS_MAX)
        first, last = last + 1, min(last + size, positions)
        yield first, last


async def _each(checked: dict[Span, asyncio.Future[Part]]) -> AsyncIterator[tuple[Span, Part]]:
    for span in list(checked):
        yield span, await checked[span]
        del checked[span]


async def _work(checker: Checker, left: deque[Span], checked: dict[Span, asyncio.Future[Part]]) -> None:
    while left:
        span = left.popleft()
        try:
            checked[span].set_result(await checker(*span))
        except Exception as error:  # noqa: BLE001  (whoever waits for the part is told)
            checked[span].set_exception(error)


def _surely(beside: Checker, here: Checker) -> Checker:
    """What a helper could not check in time is checked here, and so is all that it would have been asked after that."""
    lost = False

    async def check(first: int, last: int) -> Part:
        nonlocal lost
        if not lost:
            try:
                async with asyncio.timeout(HELPED_PART_SECONDS_MAX):
                    return await beside(first, last)
            except (OSError, msgspec.MsgspecError):
                lost = True
        return await here(first, last)

    return check
