"""Entries are taken in at once and committed soon; nothing is dropped while it can be waited for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import pytest

from infra.journal import GROUP_ENTRIES_MAX, Journal


class Storage:
    """Groups that were committed; it can be shut, or fail a few times."""

    def __init__(self, *, failures: int = 0) -> None:
        self.groups: list[list[int]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.failures = failures

    async def write(self, entries: Sequence[int]) -> None:
        await self.open.wait()
        if self.failures:
            self.failures -= 1
            raise OSError
        self.groups.append(list(entries))

    @property
    def entries(self) -> list[int]:
        return [entry for group in self.groups for entry in group]


@asynccontextmanager
async def running(journal: Journal[int]) -> AsyncIterator[None]:
    async def keep() -> None:
        while True:
            with suppress(OSError):
                await journal.run()

    task = asyncio.create_task(keep())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_whoever_notes_does_not_wait_for_the_storage() -> None:
    storage = Storage()
    storage.open.clear()
    journal = Journal(storage.write, group_delay_ms=1)
    async with running(journal):
        async with asyncio.timeout(0.5):
            for number in range(1_000):
                await journal.room()
                journal.note([number])
                await asyncio.sleep(0)
        assert (storage.groups, journal.waiting) == ([], 1_000)
        storage.open.set()
        await journal.drain(seconds_max=5)
    assert storage.entries == list(range(1_000))


async def test_what_comes_within_a_moment_is_committed_together() -> None:
    storage = Storage()
    journal = Journal(storage.write, group_delay_ms=20)
    async with running(journal):
        for number in range(50):
            journal.note([number])
            await asyncio.sleep(0)
        await journal.drain(seconds_max=5)
    assert storage.groups == [list(range(50))]


async def test_a_lone_entry_is_committed_well_within_a_second() -> None:
    storage = Storage()
    journal = Journal(storage.write)
    async with running(journal), asyncio.timeout(0.9):
        journal.note([1])
        await journal.drain(seconds_max=5)
    assert storage.entries == [1]


async def test_a_group_that_fails_is_written_again_in_its_order() -> None:
    storage = Storage(failures=3)
    journal = Journal(storage.write, group_delay_ms=1)
    async with running(journal):
        journal.note([1, 2])
        await asyncio.sleep(0.01)
        journal.note([3])
        await journal.drain(seconds_max=5)
    assert storage.entries == [1, 2, 3]


async def test_a_long_queue_is_written_in_bounded_groups() -> None:
    storage = Storage()
    journal = Journal(storage.write, group_delay_ms=1)
    journal.note(range(2 * GROUP_ENTRIES_MAX + 1))
    async with running(journal):
        await journal.drain(seconds_max=5)
    assert [len(group) for group in storage.groups] == [GROUP_ENTRIES_MAX, GROUP_ENTRIES_MAX, 1]


async def test_work_waits_for_room_when_too_much_is_unwritten_and_goes_on_after() -> None:
    storage = Storage()
    storage.open.clear()
    journal = Journal(storage.write, entries_max=2, group_delay_ms=1)
    async with running(journal):
        journal.note([1, 2])
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await journal.room()
        storage.open.set()
        async with asyncio.timeout(5):
            await journal.room()
    assert storage.entries == [1, 2]


async def test_draining_gives_up_on_a_storage_that_is_away() -> None:
    storage = Storage()
    storage.open.clear()
    journal = Journal(storage.write, group_delay_ms=1)
    async with running(journal):
        journal.note([1])
        async with asyncio.timeout(5):
            await journal.drain(seconds_max=0.05)
        assert journal.waiting == 1
