"""Group commit: what has queued up while the last batch was under way goes together in the next one. No timer."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextvars import copy_context
from typing import Generic, TypeVar

QUEUED_MAX = 10_000

I = TypeVar("I")  # noqa: E741  (an item)
R = TypeVar("R")


class _Waiting(Generic[I, R]):
    """`claims`: once it has been looked at. `fate`: of one who was cancelled and waits to hear that it is over."""

    __slots__ = ("answer", "claims", "context", "fate", "item", "sealed")

    def __init__(self, item: I, answer: asyncio.Future[R]) -> None:
        self.item = item
        self.claims: Sequence[Hashable] | None = None
        self.answer = answer
        self.context = copy_context()
        self.sealed = False
        self.fate: asyncio.Future[None] | None = None

    def seal(self, answer: R | BaseException) -> None:
        self.sealed = True
        if self.fate is not None and not self.fate.done():
            self.fate.set_result(None)
        if self.answer.done():
            return
        if isinstance(answer, BaseException):
            self.answer.set_exception(answer)
        else:
            self.answer.set_result(answer)


class Batcher(Generic[I, R]):
    """Hands items to `carry` in batches of at most `batch_max`, in at most `lanes` batches at a time.

    `carry` answers one result or error per item, in order; an error it raises is every item's. `claims`: what an item
    must have to itself (streams, say): items that claim the same are never in two lanes, nor in one batch, and go in
    the order they came. A batch runs in the context of its first item, so its spans belong to somebody.
    """

    def __init__(
        self,
        carry: Callable[[Sequence[I]], Awaitable[Sequence[R | Exception]]],
        *,
        lanes: int,
        batch_max: int,
        claims: Callable[[I], Sequence[Hashable]] = lambda _: (),
    ) -> None:
        self._carry = carry
        self._lanes = lanes
        self._batch_max = batch_max
        self._claims_of = claims
        self._waiting: deque[_Waiting[I, R]] = deque()
        self._claimed: set[Hashable] = set()
        self._under_way: set[asyncio.Task[bool]] = set()

    async def submit(self, item: I) -> R:
        """The item's own result, once its batch is through. Who is cancelled leaves when its fate is sealed.

        Raises:
            Exception: what `carry` answered or raised for it.
        """
        while len(self._waiting) >= QUEUED_MAX:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        loop = asyncio.get_running_loop()
        waiting: _Waiting[I, R] = _Waiting(item, loop.create_future())
        self._waiting.append(waiting)
        self._start()
        try:
            return await waiting.answer
        except asyncio.CancelledError:
            if not waiting.sealed:
                waiting.fate = loop.create_future()
                await waiting.fate
            raise

    def _start(self) -> None:
        """Open a lane if one is free. It takes its batch a turn later, so that all who come in this turn are in it."""
        if len(self._under_way) < self._lanes:
            task = asyncio.create_task(self._lane(), context=self._waiting[0].context)
            self._under_way.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[bool]) -> None:
        self._under_way.discard(task)
        # A lane that found nothing to take leaves what is there to the one it must wait for.
        if self._waiting and not task.cancelled() and task.result():
            self._start()

    async def _lane(self) -> bool:
        # Of many who were answered together some get here a few turns after the others: while any come, it is let be.
        seen = 0
        while seen < len(self._waiting) < self._batch_max:
            seen = len(self._waiting)
            await asyncio.sleep(0)
        batch = self._take()
        if not batch:
            return False
        answers: Sequence[R | BaseException]
        try:
            answers = await self._carry([each.item for each in batch])
        except BaseException as error:  # noqa: BLE001  (it is handed to those who wait)
            answers = [error] * len(batch)
        for each in batch:
            self._claimed.difference_update(each.claims or ())
        for each, answer in zip(batch, answers, strict=True):
            each.seal(answer)
        return True

    def _take(self) -> list[_Waiting[I, R]]:
        """The first of those waiting that claim nothing anybody before them has; the others keep their places."""
        batch: list[_Waiting[I, R]] = []
        passed: list[_Waiting[I, R]] = []
        blocked: set[Hashable] = set()
        while self._waiting and len(batch) < self._batch_max and len(passed) < self._batch_max:
            each = self._waiting.popleft()
            if each.claims is None:
                each.claims = self._claims_of(each.item)
            if self._claimed.isdisjoint(each.claims) and blocked.isdisjoint(each.claims):
                self._claimed.update(each.claims)
                batch.append(each)
            else:
                blocked.update(each.claims)
                passed.append(each)
        self._waiting.extendleft(reversed(passed))
        return batch
