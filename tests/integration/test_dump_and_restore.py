"""A backup is what pg_dump writes. Restored into another server, both databases go on where they were left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from infra.embedded.postgres import EmbeddedPostgres
from infra.event_store.verification import verify_log
from infra.migrate import migrate
from infra.postgres import open_pool
from infra.sealing import KeyRing, migrate_keys
from infra.sequencer import Sequencer
from services.case.app import MIGRATIONS
from services.case.workers.rebuilding import case_rebuild
from tests.support.backups import back_up, restore
from tests.support.case_desk import KEK
from tests.support.case_history import KINDS, CaseHistory, case_history
from tests.support.one_service import running, until

TAIL = 12
TRANSACTIONS = "DO $$ BEGIN FOR i IN 1..5000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"
TEXTS = "SELECT entry_id, text, text_state FROM timeline WHERE entry_id = ANY ($1) ORDER BY 1"
LOG = "SELECT position, stream_id, version, leaf, held_at FROM es.log ORDER BY position"


@pytest.fixture
async def history(database: str, keys_database: str) -> AsyncIterator[CaseHistory]:
    async with case_history(database, keys_database) as opened:
        # This server has seen more transactions than the one that is restored into.
        await opened.pool.execute(TRANSACTIONS)
        for number in range(90):
            await opened.step(KINDS[number % len(KINDS)], number // 3)
        await opened.sequence()
        for number in range(TAIL):
            await opened.step("write", number)
        yield opened


@pytest.fixture
async def other_server(tmp_path: Path) -> AsyncIterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "other", ["case", "keys"], durable=False)
    await server.start()
    yield server
    await server.stop()


async def test_what_was_numbered_keeps_its_position_and_the_rest_follows(
    history: CaseHistory, database: str, keys_database: str, other_server: EmbeddedPostgres, tmp_path: Path
) -> None:
    numbered = await history.pool.fetch(LOG)
    facts = await history.pool.fetchval("SELECT count(*) FROM es.events")
    entries = [row["entry_id"] for row in await history.pool.fetch("SELECT entry_id FROM timeline")]
    texts = await history.pool.fetch(TEXTS, entries)
    assert 0 < len(numbered) < facts
    for name, source in (("case", database), ("keys", keys_database)):
        back_up(source, tmp_path / name)
        restore(tmp_path / name, other_server.url(name))

    pool = await open_pool(other_server.url("case"), application_name="restored")
    keys_pool = await open_pool(other_server.url("keys"), application_name="restored", size_max=4)
    try:
        await migrate(pool, *MIGRATIONS)
        await migrate_keys(keys_pool)
        restored = CaseHistory(pool, KeyRing(keys_pool, KEK))
        restored.at, restored._numbers = history.at, history._numbers

        async def all_numbered() -> bool:
            return bool(await pool.fetchval("SELECT (SELECT count(*) FROM es.log) = (SELECT count(*) FROM es.events)"))

        async def settled() -> bool:
            return not await pool.fetchval(
                "SELECT EXISTS (SELECT FROM es.events WHERE tx >= pg_snapshot_xmax(pg_current_snapshot()))"
            )

        async with running(Sequencer(pool, asyncio.Event(), lambda _position: None).run()):
            await until(all_numbered)
            await until(settled)
            after_restore = await pool.fetch(LOG)
            for number in range(5):
                await restored.step("note", number)
            await until(all_numbered)

        assert after_restore[: len(numbered)] == numbered
        log = await pool.fetch(LOG)
        assert [row["position"] for row in log] == list(range(1, len(log) + 1))
        assert len(log) > facts
        assert (await verify_log(pool)).findings == []
        assert await pool.fetch(TEXTS, entries) == texts
        assert (await case_rebuild(pool, restored.keys).run()).differences == ()
    finally:
        await pool.close()
        await keys_pool.close()
