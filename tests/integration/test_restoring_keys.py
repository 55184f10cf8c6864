"""What a restored record says depends on the keys restored with it; that it is sound depends on none of them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from contracts.content import ContactContent
from infra.embedded.postgres import EmbeddedPostgres
from infra.event_store import Log
from infra.event_store.opening import opened_facts
from infra.event_store.verification import verify_log
from infra.postgres import open_pool
from infra.sealing import KeyRing, migrate_keys
from services.case.domain.contact_facts import ContactAttached
from services.case.workers.rebuilding import case_rebuild
from tests.support.backups import back_up, restore, run
from tests.support.case_desk import KEK
from tests.support.case_history import CaseHistory, case_history

TEXTS = "SELECT entry_id, text FROM timeline WHERE kind = 'CONTACT' AND direction = 'INBOUND' ORDER BY 1"
MANUAL = Path(__file__).parents[2] / "docs" / "operations.md"


@pytest.fixture
async def history(database: str, keys_database: str) -> AsyncIterator[CaseHistory]:
    async with case_history(database, keys_database) as opened:
        for number in range(8):
            await opened.step("write", number)
        await opened.sequence()
        yield opened


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedPostgres]:
    other = EmbeddedPostgres(tmp_path / "other", ["case", "keys"], durable=False)
    await other.start()
    yield other
    await other.stop()


@asynccontextmanager
async def restored(server: EmbeddedPostgres) -> AsyncIterator[CaseHistory]:
    pool = await open_pool(server.url("case"), application_name="restored")
    keys_pool = await open_pool(server.url("keys"), application_name="restored", size_max=4)
    try:
        await migrate_keys(keys_pool)
        yield CaseHistory(pool, KeyRing(keys_pool, KEK))
    finally:
        await pool.close()
        await keys_pool.close()


async def contents(history: CaseHistory) -> list[ContactContent | None]:
    """What the log's sealed parts hold, as far as there are keys."""
    logged = [each async for page in Log(history.pool).pages(0) for each in page]
    return [fact.content for fact in await opened_facts(logged, history.keys) if isinstance(fact, ContactAttached)]


def said(texts: Iterable[ContactContent | None]) -> list[str | None]:
    return [None if each is None else each.text for each in texts]


async def test_with_the_keys_sealed_content_opens_again(
    history: CaseHistory, server: EmbeddedPostgres, database: str, keys_database: str, tmp_path: Path
) -> None:
    before = await contents(history)
    for name, source in (("case", database), ("keys", keys_database)):
        back_up(source, tmp_path / name)
        restore(tmp_path / name, server.url(name))

    async with restored(server) as again:
        assert await contents(again) == before
        assert None not in said(before)


async def test_without_the_keys_nothing_opens_and_everything_verifies(
    history: CaseHistory, server: EmbeddedPostgres, database: str, tmp_path: Path
) -> None:
    facts = await history.pool.fetchval("SELECT count(*) FROM es.events")
    back_up(database, tmp_path / "case")
    restore(tmp_path / "case", server.url("case"))

    async with restored(server) as again:
        assert set(said(await contents(again))) == {None}
        report = await verify_log(again.pool)
        assert (report.findings, report.facts) == ([], facts)
        done = await case_rebuild(again.pool, again.keys).run()
        assert {found.table for found in done.differences} >= {"timeline", "handles"}
        assert {row["text"] for row in await again.pool.fetch(TEXTS)} == {None}
        assert await again.pool.fetchval("SELECT count(*) FROM handles") == 0
        # A key made from now on is another one: what is said from now on is kept.
        await again.step("write", 3)
        assert await again.pool.fetchval("SELECT count(*) FROM timeline WHERE text IS NOT NULL") == 1


async def test_keys_older_than_an_erasure_are_destroyed_again_as_the_manual_says(
    history: CaseHistory, server: EmbeddedPostgres, database: str, keys_database: str, tmp_path: Path
) -> None:
    back_up(keys_database, tmp_path / "keys")
    await history.step("erase", 0)
    after_erasure = await contents(history)
    assert None in said(after_erasure)
    back_up(database, tmp_path / "case")
    for name in ("case", "keys"):
        restore(tmp_path / name, server.url(name))

    async with restored(server) as again:
        assert None not in said(await contents(again))
    destroy_again(server, tmp_path)
    async with restored(server) as again:
        assert await contents(again) == after_erasure
        assert (await case_rebuild(again.pool, again.keys).run()).differences == ()


def destroy_again(server: EmbeddedPostgres, folder: Path) -> None:
    """The manual's own commands, but for channels, which this record goes without."""
    manual = MANUAL.read_text(encoding="utf-8")
    queries = re.findall(r'psql -At -c "(SELECT [^"]*)" "\$CASE_URL" >> gone', manual)
    assert queries
    gone = "".join(run("psql", "--no-psqlrc", "-At", "-c", each, server.url("case")) for each in queries)
    (folder / "gone").write_text(gone, encoding="utf-8")
    (script,) = re.findall(r"<<'SQL'\n(.*?)\n    SQL", manual, re.DOTALL)
    (folder / "again.sql").write_text(
        script.replace("copy gone FROM gone", f"copy gone FROM '{folder / 'gone'}'"), encoding="utf-8"
    )
    run("psql", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-f", folder / "again.sql", server.url("keys"))
