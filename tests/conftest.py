"""Servers that tests share: one Postgres and one NATS per session, a fresh empty database per test."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import asyncpg
import pytest

from infra.embedded.nats import EmbeddedNats
from infra.embedded.postgres import EmbeddedPostgres
from tests.support.conformance_table import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]

_numbers = count(1)

if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
    # Some hundred processes are started here: libraries are compiled once for all of them, and not beside the source.
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(sys.prefix) / "compiled"))
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"]
    sys.dont_write_bytecode = False


LONG = ("faults", "journeys", "clients", "properties", "integration")
"""Folders whose files take long, longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files are handed out in this order: at the end there are short ones left, and no process waits for another."""
    folders = Path(__file__).parent

    def turn(item: pytest.Item) -> int:
        folder = item.path.relative_to(folders).parts[0]
        return LONG.index(folder) if folder in LONG else len(LONG)

    items.sort(key=turn)


@pytest.fixture(scope="session")
async def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedPostgres]:
    """One Postgres for the whole session; `url("tests")` is a role that may make databases."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), ["tests"], durable=False)
    await server.start()
    admin = await asyncpg.connect(server.admin_url)
    await admin.execute("ALTER ROLE eender_tests CREATEDB")
    # Its workers are the server's own: whoever drops a database cannot end them, and would fail now and then.
    await admin.execute("ALTER SYSTEM SET autovacuum = off")
    await admin.execute("SELECT pg_reload_conf()")
    await admin.close()
    yield server
    await server.stop()


@pytest.fixture(scope="session")
async def nats_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedNats]:
    """One NATS with JetStream for the whole session; tests use stream names of their own."""
    server = EmbeddedNats(tmp_path_factory.mktemp("nats"))
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def third_database(postgres_server: EmbeddedPostgres) -> AsyncIterator[str]:
    """The URL of yet another fresh, empty database: of a second service."""
    async for url in _fresh(postgres_server, "other"):
        yield url


@pytest.fixture
async def nats_url(nats_server: EmbeddedNats) -> str:
    """Where NATS is."""
    return nats_server.url


async def _fresh(server: EmbeddedPostgres, name: str) -> AsyncIterator[str]:
    database = f"{name}_{next(_numbers)}"
    url = server.url("tests")
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"CREATE DATABASE {database} TEMPLATE template0 STRATEGY wal_log")
        yield url.rsplit("/", 1)[0] + "/" + database
        await connection.execute(f"DROP DATABASE {database} WITH (FORCE)")
    finally:
        await connection.close()


@pytest.fixture
async def database(postgres_server: EmbeddedPostgres) -> AsyncIterator[str]:
    """The URL of a fresh, empty database whose owner is an ordinary role."""
    async for url in _fresh(postgres_server, "service"):
        yield url


@pytest.fixture
async def keys_database(postgres_server: EmbeddedPostgres) -> AsyncIterator[str]:
    """The URL of another fresh, empty database: the one for keys."""
    async for url in _fresh(postgres_server, "keys"):
        yield url


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """A folder for a stack of its own (`eender up --data`)."""
    return tmp_path / "run"
