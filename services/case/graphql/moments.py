"""What is worked out for a fact that is told: once for all who are told it, and not kept for longer than it is news."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, MutableMapping
from contextvars import Context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from services.case.graphql.access import Principal
from services.case.graphql.accessing import Subject
from services.case.graphql.loaders import Loaders
from services.case.queries.database import Database

MOMENTS_KEPT_MAX = 16
FRAMES_KEPT_MAX = 64
"""Of one moment: different documents, variables and kinds of viewers. Further ones are made for each subscriber."""
FRESH = timedelta(seconds=1)
"""Whoever takes a fact later is shown what holds then, not what held: it may have been erased since."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One item of a subscription as it goes out. `text`: the JSON of its result. `cursor`: of the item, if it says one.

    `shown`: customers and cases whose data stands in it; `denied`: something of it was refused for want of a right.
    `personal`: it was made with a look at who the viewer is, so that nobody else may get it.
    `failed`: it could not be made, and the subscription ends with it.
    """

    text: str
    cursor: str | None
    shown: tuple[Subject, ...]
    denied: bool
    personal: bool
    failed: bool


Making: TypeAlias = Callable[[], Awaitable[Frame]]
_running: set[asyncio.Task[Frame]] = set()


class Evaluation:
    """One frame being made, for one principal first. It outlives who asked for it: others may wait for it too."""

    __slots__ = ("_ended", "_task", "principal")

    def __init__(self, principal: Principal, making: Making) -> None:
        self.principal = principal
        self._task: asyncio.Task[Frame] = asyncio.create_task(_made(making), context=Context())
        self._ended = asyncio.Event()
        _running.add(self._task)
        self._task.add_done_callback(self._end)

    async def frame(self) -> Frame:
        """What was made, once it is."""
        if not self._task.done():
            await self._ended.wait()
        return self._task.result()

    def _end(self, task: asyncio.Task[Frame]) -> None:
        _running.discard(task)
        self._ended.set()


async def _made(making: Making) -> Frame:
    return await making()


Frames: TypeAlias = MutableMapping[Hashable, Evaluation]


@dataclass(slots=True)
class Moment:
    """`loaders`: rows, not answers. `frames`: answers, by what is asked and by what decides what may be seen."""

    loaders: Loaders
    frames: Frames = field(default_factory=dict)


class Moments:
    """Of the facts told last."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[int, Moment] = OrderedDict()

    def at(self, position: int, now: datetime) -> Moment:
        """What was worked out for the fact at this position within the last second, to be added to."""
        found = self._kept.get(position)
        if found is None or now - found.loaders.now > FRESH:
            found = self._kept[position] = Moment(Loaders(self._database, now))
            if len(self._kept) > MOMENTS_KEPT_MAX:
                self._kept.popitem(last=False)
        return found


async def shared(
    frames: Frames, asked: Hashable, principal: Principal, making: Making, *, kept_max: int = FRAMES_KEPT_MAX
) -> Frame:
    """The frame of those who ask the same and may see the same; made when the first of them comes.

    `asked`: what makes two frames alike unless the viewer is looked at. One that is `personal` is for who equals
    the principal it was made for; others get one of their own.
    """
    frame = await (first := _begun(frames, asked, principal, making, kept_max)).frame()
    if frame.failed:
        frames.pop(asked, None)  # the next who asks tries again
    if not frame.personal or first.principal == principal:
        return frame
    return await _begun(frames, (asked, principal), principal, making, kept_max).frame()


def _begun(frames: Frames, key: Hashable, principal: Principal, making: Making, kept_max: int) -> Evaluation:
    found = frames.get(key)
    if found is None:
        found = Evaluation(principal, making)
        if len(frames) < kept_max:
            frames[key] = found
    return found
