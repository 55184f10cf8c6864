"""Killed between any two things that belong together: nothing is lost, doubled or out of order."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import asyncpg
import pytest

from infra.crashpoint import VARIABLE, Crash, Place
from infra.embedded.nats import EmbeddedNats
from infra.embedded.postgres import EmbeddedPostgres
from infra.event_store.verification import verify_log
from infra.postgres import open_pool
from tests.support.one_service import fresh_origin, until

NOTES = 60
LIFE_S_MAX = 60.0


class Services:
    """Lives of the program, one after the other, upon the same databases and the same transport."""

    def __init__(self, upstream: str, downstream: str, nats: str, notes: int) -> None:
        self.upstream, self.downstream, self.notes = upstream, downstream, notes
        self.origin = f"crash{fresh_origin()}"
        self._arguments = (upstream, downstream, nats, self.origin, str(notes))

    async def start(self, crashpoint: str | None = None) -> asyncio.subprocess.Process:
        environment = {**os.environ, **({} if crashpoint is None else {VARIABLE: crashpoint})}
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.support.crashing_services", *self._arguments),
            env=environment,
            stdout=asyncio.subprocess.DEVNULL,
        )

    async def live(self, crashpoint: str | None = None) -> int:
        """One life; how it ended."""
        process = await self.start(crashpoint)
        try:
            async with asyncio.timeout(LIFE_S_MAX):
                return await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
            raise

    async def check(self) -> None:
        """Every note once, one position each, and an effect for each position, once and in their order."""
        pool = await open_pool(self.upstream, application_name="check", size_max=2)
        other = await open_pool(self.downstream, application_name="check", size_max=2)
        try:
            positions = [row[0] for row in await pool.fetch("SELECT position FROM es.log ORDER BY position")]
            assert positions == list(range(1, self.notes + 1))
            assert await pool.fetchval("SELECT count(*) FROM es.events") == self.notes
            assert await pool.fetchval("SELECT count(*) FROM es.commands") == self.notes
            assert (await verify_log(pool)).findings == []
            effects = await other.fetch("SELECT position FROM effects ORDER BY id")
            assert [row["position"] for row in effects] == positions
            assert await other.fetchval("SELECT position FROM es.checkpoints") == self.notes
            assert await other.fetchval("SELECT count(*) FROM es.dead_letters") == 0
        finally:
            await pool.close()
            await other.close()


@pytest.mark.parametrize("place", [place for place in Place if not place.startswith("rebuild.")])
async def test_a_process_killed_there_again_and_again_ends_up_with_everything_once(
    place: Place, database: str, keys_database: str, nats_url: str
) -> None:
    services = Services(database, keys_database, nats_url, NOTES)
    ends = [await services.live(f"{place}:{passing}") for passing in (1, 2, 5)]
    # How often a place is passed depends on how much is done at once: the later passings may not come any more.
    assert ends[0] == -signal.SIGKILL
    assert set(ends) <= {-signal.SIGKILL, 0}

    assert await services.live() == 0

    await services.check()


@pytest.mark.timeout(300)
async def test_a_postgres_killed_under_load_loses_nothing_that_was_answered(tmp_path: Path, nats_url: str) -> None:
    server = EmbeddedPostgres(tmp_path / "own", ["upstream", "downstream"])
    await server.start()
    services = Services(server.url("upstream"), server.url("downstream"), nats_url, 1_500)
    try:
        process = await services.start()
        for share in (3, 2):
            await grown_to(services.upstream, services.notes // share)
            assert process.returncode is None
            os.kill(server.child.pid, signal.SIGKILL)
            await server.child.ended()
            await server.start()
        async with asyncio.timeout(120):
            assert await process.wait() == 0
        assert server.url("upstream") == services.upstream
        await services.check()
    finally:
        await server.stop()


async def grown_to(url: str, facts: int) -> None:
    async def reached() -> bool:
        connection = await asyncpg.connect(url)
        try:
            return bool(await connection.fetchval("SELECT count(*) >= $1 FROM es.events", facts))
        except asyncpg.UndefinedTableError:
            return False
        finally:
            await connection.close()

    await until(reached, seconds_max=60)


async def test_a_transport_killed_under_load_is_filled_again_from_the_log(
    database: str, keys_database: str, tmp_path: Path
) -> None:
    nats = EmbeddedNats(tmp_path / "nats")
    await nats.start()
    try:
        services = Services(database, keys_database, nats.url, 1_000)
        process = await services.start()
        await grown_to(database, 300)
        assert process.returncode is None
        os.kill(nats.child.pid, signal.SIGKILL)
        await nats.child.ended()
        await nats.start()
        async with asyncio.timeout(90):
            assert await process.wait() == 0
        await services.check()
    finally:
        await nats.stop()


def test_a_place_nobody_knows_is_refused_and_without_one_nothing_happens() -> None:
    Crash.of({}).here(Place.APPEND_STORED)
    with pytest.raises(ValueError, match="nowhere"):
        Crash.of({VARIABLE: "nowhere:1"})
