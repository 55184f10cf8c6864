"""A rebuild killed at any moment leaves the live tables to those who use them, and nothing that the next one minds."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import sys
from collections.abc import AsyncIterator

import pytest

from infra.crashpoint import VARIABLE, Place
from infra.rewriting import TableBusy, rewrite_tables
from infra.settings import DATABASE_URL, KEK, KEYS_URL, NATS_URL
from services.case.workers.rebuilding import case_rebuild
from tests.support.case_desk import KEK as SECRET
from tests.support.case_history import KINDS, CaseHistory, case_history
from tests.support.one_service import until

LIFE_S_MAX = 60.0
PLACES = [place for place in Place if place.startswith("rebuild.")]
LIVE = "SELECT 'public.timeline'::regclass::oid"
SCRATCH = "SELECT to_regnamespace('rebuilding') IS NOT NULL"


@pytest.fixture
async def history(database: str, keys_database: str) -> AsyncIterator[CaseHistory]:
    async with case_history(database, keys_database) as opened:
        for number in range(60):
            await opened.step(KINDS[number % len(KINDS)], number // 3)
        yield opened


async def rebuild(database: str, keys_database: str, crashpoint: str | None) -> int:
    """`eender rebuild` as a process; how it ended."""
    environment = {
        **os.environ,
        DATABASE_URL: database,
        KEYS_URL: keys_database,
        NATS_URL: "nats://127.0.0.1:1",
        KEK: "env:REBUILD_KEK",
        "REBUILD_KEK": base64.b64encode(SECRET).decode(),
        **({} if crashpoint is None else {VARIABLE: crashpoint}),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.console", "rebuild"),
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(LIFE_S_MAX):
            return await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise


@pytest.mark.parametrize("place", PLACES)
async def test_the_live_tables_stay_and_the_next_rebuild_tidies_up(
    place: Place, history: CaseHistory, database: str, keys_database: str
) -> None:
    before = await history.pool.fetchval(LIVE)
    rows = await history.pool.fetch("SELECT * FROM timeline ORDER BY entry_id")
    assert await rebuild(database, keys_database, f"{place}:1") == -signal.SIGKILL

    # Nobody is held up: not by a lock, not by a rebuild that nobody finishes.
    async with asyncio.timeout(30):
        for kind in ("note", "write", "reply"):
            await history.step(kind, 1)
    assert (await history.pool.fetchval(LIVE) == before) == (place is not Place.REBUILD_SWAPPED)
    kept = "SELECT * FROM timeline WHERE entry_id = ANY ($1) ORDER BY entry_id"
    assert await history.pool.fetch(kept, [row["entry_id"] for row in rows]) == rows
    assert await history.pool.fetchval(SCRATCH)

    assert await rebuild(database, keys_database, None) == 0
    assert not await history.pool.fetchval(SCRATCH)
    assert (await case_rebuild(history.pool, history.keys).run(swap=False)).differences == ()


async def test_what_a_killed_rebuild_left_is_gone_before_an_erasure_calls_the_tables_clean(
    history: CaseHistory, database: str, keys_database: str
) -> None:
    assert await rebuild(database, keys_database, f"{Place.REBUILD_KEPT}:1") == -signal.SIGKILL

    async def rewritten() -> bool:
        try:
            await rewrite_tables(history.pool, ("handles",))
        except TableBusy:  # the server has not noticed yet that nobody is there any more
            return False
        return True

    await until(rewritten)

    assert not await history.pool.fetchval(SCRATCH)
