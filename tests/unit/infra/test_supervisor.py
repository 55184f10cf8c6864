"""Background work that is kept going."""

from __future__ import annotations

import asyncio

import pytest

from infra.supervisor import Supervisor, end_tasks


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.supervisor.RETRY_DELAY_SECONDS_MIN", 0.01)
    monkeypatch.setattr("infra.supervisor.RETRY_DELAY_SECONDS_MAX", 0.02)


async def test_work_that_fails_or_ends_starts_again_and_is_down_meanwhile() -> None:
    supervisor = Supervisor()
    starts = 0
    down: list[list[str]] = []
    sound = asyncio.Event()

    async def fragile() -> None:
        nonlocal starts
        starts += 1
        down.append(supervisor.down())
        if starts == 1:
            raise ValueError
        if starts == 2:
            return
        sound.set()
        await asyncio.Event().wait()

    supervisor.spawn("fragile", fragile)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert supervisor.down() == ["fragile"]
    await sound.wait()

    assert supervisor.down() == []
    assert down == [[], [], []]
    await supervisor.stop(seconds_max=1)


async def test_a_name_is_given_once() -> None:
    supervisor = Supervisor()
    supervisor.spawn("one", asyncio.Event().wait)  # type: ignore[arg-type]  # its answer is of no interest
    with pytest.raises(ValueError, match="one"):
        supervisor.spawn("one", asyncio.Event().wait)  # type: ignore[arg-type]  # the same
    await supervisor.stop(seconds_max=1)


async def test_work_that_swallows_a_cancellation_is_cancelled_again() -> None:
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed == 3:
                    raise

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await end_tasks([task], seconds_max=5)

    assert task.cancelled()
    assert swallowed == 3


async def test_work_that_ends_instead_of_being_cancelled_does_not_start_again() -> None:
    supervisor = Supervisor()
    starts = 0

    async def ends_when_cancelled() -> None:
        nonlocal starts
        starts += 1
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return

    supervisor.spawn("gentle", ends_when_cancelled)
    await asyncio.sleep(0)
    await supervisor.stop(seconds_max=1)
    await asyncio.sleep(0.05)

    assert starts == 1
