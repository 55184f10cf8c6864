"""Queues on streams: alone, or beside others who share, in the order in which they came."""

from __future__ import annotations

import asyncio
from uuid import UUID

from infra.event_store.stream_locks import StreamLocks

ONE, TWO = UUID(int=1), UUID(int=2)


class Hall:
    """Who is in, and in which order they came in."""

    def __init__(self) -> None:
        self.locks = StreamLocks()
        self.came: list[str] = []
        self.inside: set[str] = set()
        self.may_go = asyncio.Event()

    async def alone(self, name: str, *on: UUID) -> None:
        async with self.locks.hold(on or (ONE,)):
            await self._stay(name)

    async def beside(self, name: str, *alone_on: UUID) -> None:
        async with self.locks.hold(alone_on, (ONE,)):
            await self._stay(name)

    async def _stay(self, name: str) -> None:
        self.came.append(name)
        self.inside.add(name)
        await self.may_go.wait()
        self.inside.remove(name)


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_who_shares_goes_beside_others_and_never_beside_one_who_does_not() -> None:
    hall = Hall()
    comers = [hall.beside("a"), hall.beside("b"), hall.alone("c"), hall.beside("d")]
    tasks = [asyncio.create_task(each) for each in comers]
    await settled()
    assert hall.inside == {"a", "b"}  # d came after c, and does not overtake it
    tasks[0].cancel()
    await settled()
    assert hall.inside >= {"b"}
    assert "c" not in hall.came
    tasks[1].cancel()
    await settled()
    assert hall.came == ["a", "b", "c"]
    hall.may_go.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert hall.came == ["a", "b", "c", "d"]


async def test_who_gives_up_waiting_holds_nobody_up() -> None:
    hall = Hall()
    first = asyncio.create_task(hall.beside("a"))
    waiting = asyncio.create_task(hall.alone("b"))
    last = asyncio.create_task(hall.beside("c"))
    await settled()
    assert hall.inside == {"a"}
    waiting.cancel()
    await settled()
    assert hall.inside == {"a", "c"}
    hall.may_go.set()
    await asyncio.gather(first, last)


async def test_one_who_shares_one_stream_has_another_alone() -> None:
    hall = Hall()
    tasks = [asyncio.create_task(each) for each in (hall.beside("a", TWO), hall.beside("b", TWO), hall.beside("c"))]
    await settled()
    assert hall.inside == {"a", "c"}
    hall.may_go.set()
    await asyncio.gather(*tasks)
    assert hall.came == ["a", "c", "b"]
