"""Waiting for a message to have taken effect."""

from __future__ import annotations

import asyncio

import pytest

from infra.handled import Handled, TooManyWaitersError


async def test_who_waits_is_told_when_the_position_or_a_later_one_took_effect() -> None:
    handled = Handled()
    waiting = asyncio.gather(*(handled.wait("case", position, timeout_ms=5_000) for position in (3, 1, 2)))
    await asyncio.sleep(0)

    handled.mark("routing", 9)
    handled.mark("case", 3)

    assert await waiting == [True, True, True]


async def test_a_later_position_is_waited_for_still() -> None:
    handled = Handled()
    handled.mark("case", 3)

    assert not await handled.wait("case", 4, timeout_ms=5)
    assert await handled.wait("case", 3, timeout_ms=5)


async def test_who_gave_up_leaves_nothing_behind() -> None:
    handled = Handled(waiters_max=1)
    for position in range(1, 4):
        assert not await handled.wait("case", position, timeout_ms=1)
    waiting = asyncio.create_task(handled.wait("case", 9, timeout_ms=5_000))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])

    assert handled._waiting["case"] == []
    assert not await handled.wait("case", 1, timeout_ms=1)


async def test_too_many_waiters_are_refused() -> None:
    handled = Handled(waiters_max=1)
    waiting = asyncio.create_task(handled.wait("case", 1, timeout_ms=5_000))
    await asyncio.sleep(0)

    with pytest.raises(TooManyWaitersError):
        await handled.wait("case", 1, timeout_ms=5)

    handled.mark("case", 1)
    assert await waiting


async def test_a_position_never_goes_back() -> None:
    handled = Handled()
    handled.mark("case", 5)
    handled.mark("case", 4)

    assert handled.position("case") == 5
