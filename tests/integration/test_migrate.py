"""Migrations: once each, all or nothing, never backwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from infra.migrate import ChangedMigrationError, NewerDataError, migrate
from infra.postgres import Pool, open_pool

FIRST = "202601010000_things_are_kept.sql"
SECOND = "202601020000_things_have_names.sql"


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    opened = await open_pool(database, application_name="test")
    yield opened
    await opened.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with one migration; its name is the folder's."""
    package = tmp_path / f"things_{abs(hash(tmp_path))}"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / FIRST).write_text("CREATE TABLE things (id int);\nINSERT INTO things VALUES (1);\n")
    monkeypatch.syspath_prepend(tmp_path)
    return package


async def test_migrations_are_applied_once(pool: Pool, folder: Path) -> None:
    await migrate(pool, folder.name)
    await migrate(pool, folder.name)
    assert await pool.fetchval("SELECT count(*) FROM things") == 1
    (folder / SECOND).write_text("ALTER TABLE things ADD name text;")
    await migrate(pool, folder.name)
    assert await pool.fetchval("SELECT name FROM things") is None
    applied = await pool.fetch("SELECT name FROM es.migrations WHERE package = $1 ORDER BY name", folder.name)
    assert [row["name"] for row in applied] == [FIRST, SECOND]


async def test_many_processes_may_migrate_at_once(pool: Pool, folder: Path) -> None:
    await asyncio.gather(*(migrate(pool, folder.name) for _ in range(6)))
    assert await pool.fetchval("SELECT count(*) FROM things") == 1


async def test_data_of_a_newer_version_is_refused_and_left_alone(pool: Pool, folder: Path) -> None:
    (folder / SECOND).write_text("ALTER TABLE things ADD name text;")
    await migrate(pool, folder.name)
    (folder / SECOND).unlink()
    with pytest.raises(NewerDataError, match=f"data is of a newer version: {folder.name} .* {SECOND}"):
        await migrate(pool, folder.name)


async def test_an_applied_migration_is_never_edited(pool: Pool, folder: Path) -> None:
    await migrate(pool, folder.name)
    (folder / FIRST).write_text("CREATE TABLE things (id bigint);")
    with pytest.raises(ChangedMigrationError, match=FIRST):
        await migrate(pool, folder.name)


async def test_a_migration_that_fails_leaves_nothing_behind(pool: Pool, folder: Path) -> None:
    (folder / SECOND).write_text("CREATE TABLE more (id int); SELECT 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(pool, folder.name)
    assert await pool.fetchval("SELECT to_regclass('things')") is None
    assert await pool.fetchval("SELECT to_regclass('es.events')") is None


async def test_a_server_that_is_not_there_is_waited_for_and_then_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.postgres.START_ATTEMPTS_MAX", 2)
    with pytest.raises(ConnectionRefusedError):
        await open_pool("postgresql://nobody@127.0.0.1:9/none", application_name="test")
