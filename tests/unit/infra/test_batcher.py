"""Group commit: who goes together, who waits, and who hears what."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Sequence

import pytest

from infra.batcher import Batcher


class Carried:
    """Keeps the batches it was given; each waits for `gate` when it is closed."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, items: Sequence[str]) -> list[str | Exception]:
        self.batches.append(list(items))
        await self.gate.wait()
        if "all" in items:
            raise ConnectionResetError
        return [ValueError(item) if item.startswith("bad") else item.upper() for item in items]


def letters(item: str) -> tuple[Hashable, ...]:
    return tuple(letter for letter in item if letter.islower())


async def test_who_comes_while_a_batch_is_under_way_goes_together_in_the_next() -> None:
    carried = Carried()
    carried.gate.clear()
    batcher = Batcher(carried, lanes=1, batch_max=10)
    first = asyncio.create_task(batcher.submit("a"))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(batcher.submit(item)) for item in "bcd"]
    await asyncio.sleep(0.01)
    carried.gate.set()
    assert await asyncio.gather(first, *others) == ["A", "B", "C", "D"]
    assert carried.batches == [["a"], ["b", "c", "d"]]


async def test_a_batch_has_a_limit_and_lanes_run_side_by_side() -> None:
    carried = Carried()
    carried.gate.clear()
    batcher = Batcher(carried, lanes=2, batch_max=2)
    waiting = [asyncio.create_task(batcher.submit(item)) for item in "abcde"]
    await asyncio.sleep(0.01)
    assert carried.batches == [["a", "b"], ["c", "d"]]
    carried.gate.set()
    assert await asyncio.gather(*waiting) == ["A", "B", "C", "D", "E"]


async def test_two_that_claim_the_same_are_never_in_one_batch_nor_in_two_lanes_and_keep_their_order() -> None:
    carried = Carried()
    carried.gate.clear()
    batcher = Batcher(carried, lanes=2, batch_max=10, claims=letters)
    waiting = [asyncio.create_task(batcher.submit(item)) for item in ("a", "ab", "b", "c")]
    await asyncio.sleep(0.05)
    assert carried.batches == [["a", "c"]]
    carried.gate.set()
    await asyncio.gather(*waiting)
    assert carried.batches == [["a", "c"], ["ab"], ["b"]]


async def test_each_hears_its_own_error_and_all_hear_of_a_lost_batch() -> None:
    batcher = Batcher(Carried(), lanes=1, batch_max=10)
    heard = await asyncio.gather(*(batcher.submit(item) for item in ("x", "bad")), return_exceptions=True)
    assert heard[0] == "X"
    assert isinstance(heard[1], ValueError)
    lost = await asyncio.gather(*(batcher.submit(item) for item in ("x", "all")), return_exceptions=True)
    assert [type(each) for each in lost] == [ConnectionResetError, ConnectionResetError]
    assert await batcher.submit("y") == "Y"


async def test_who_is_cancelled_leaves_when_its_batch_is_through() -> None:
    carried = Carried()
    carried.gate.clear()
    batcher = Batcher(carried, lanes=1, batch_max=10)
    task = asyncio.create_task(batcher.submit("a"))
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.sleep(0.01)
    assert not task.done()
    carried.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await task
