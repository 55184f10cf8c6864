"""Who waits is woken, looks for itself, and never waits longer than it may."""

from __future__ import annotations

import asyncio
import time
from uuid import UUID

import pytest

from services.case.graphql import hub as hub_module
from services.case.graphql.hub import Hub


async def test_what_is_there_already_is_found_without_waiting() -> None:
    async def look() -> int | None:
        return 7

    assert await Hub().until(look, timeout_ms=10_000) == 7


ASKED, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def never_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a notification makes anybody look a second time."""
    monkeypatch.setattr(hub_module, "LOOK_AGAIN_MS", 60_000)


@pytest.mark.usefixtures("never_again")
async def test_who_waits_for_the_log_is_woken_when_it_grows() -> None:
    hub = Hub()

    async def look() -> int | None:
        return hub.position or None

    waiting = asyncio.create_task(hub.until(look, timeout_ms=60_000))
    await asyncio.sleep(0.01)
    hub.sequenced(7)
    assert await asyncio.wait_for(waiting, 20.0) == 7


@pytest.mark.usefixtures("never_again")
async def test_an_answer_wakes_its_asker_and_nobody_else() -> None:
    hub, looks = Hub(), {ASKED: 0, OTHER: 0}
    there: set[UUID] = set()

    def waiting_for(key: UUID) -> asyncio.Task[bool | None]:
        async def look() -> bool | None:
            looks[key] += 1
            return key in there or None

        return asyncio.create_task(hub.until_answered(key, look, timeout_ms=60_000))

    asker, other = waiting_for(ASKED), waiting_for(OTHER)
    await asyncio.sleep(0.01)
    there.add(ASKED)
    hub.answered(ASKED, UUID(int=3))
    assert await asyncio.wait_for(asker, 20.0) is True
    assert looks == {ASKED: 2, OTHER: 1}
    there.add(OTHER)
    hub.answered(OTHER)
    assert await asyncio.wait_for(other, 20.0) is True


async def test_what_nobody_tells_of_is_found_by_looking_again() -> None:
    there = False

    async def look() -> bool | None:
        return there or None

    waiting = asyncio.create_task(Hub().until(look, timeout_ms=5_000))
    await asyncio.sleep(0.01)
    there = True
    assert await asyncio.wait_for(waiting, 20.0) is True


@pytest.mark.usefixtures("never_again")
async def test_an_answer_between_look_and_wait_is_not_lost() -> None:
    hub, looked = Hub(), 0

    async def look() -> int | None:
        nonlocal looked
        looked += 1
        hub.answered(ASKED)
        await asyncio.sleep(0)
        return looked if looked == 5 else None

    assert await asyncio.wait_for(hub.until_answered(ASKED, look, timeout_ms=60_000), 20.0) == 5


async def test_the_wait_is_bounded() -> None:
    async def look() -> bool | None:
        return None

    started = time.perf_counter()
    assert await Hub().until(look, timeout_ms=150) is None
    assert 0.1 < time.perf_counter() - started < 10.0


async def test_the_position_only_grows() -> None:
    hub = Hub()
    for position in (3, 1, 5, 4):
        hub.sequenced(position)
    assert hub.position == 5
