"""Brings a database to this version's form, once, forward only; refuses data of a newer version."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from infra.sql import sql_files

if TYPE_CHECKING:
    from infra.postgres import Connection, Pool

EVENT_STORE = "infra.event_store.migrations"
MIGRATION_TIMEOUT_MS_MAX = 600_000
_LOCK = 0x4545_4E44_4552  # "EENDER": one migrator of a database at a time

_BOOK = """
CREATE SCHEMA IF NOT EXISTS es;
CREATE TABLE IF NOT EXISTS es.migrations (
  package text NOT NULL,
  name text NOT NULL,
  digest bytea NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (package, name)
)
"""


class NewerDataError(Exception):
    """The data is of a newer version: it holds a migration that this version does not know."""


class ChangedMigrationError(Exception):
    """A migration that was applied has another text now: applied migrations are never edited."""


async def migrate(pool: Pool, *packages: str) -> None:
    """Apply what is missing of the event store's migrations and then of the given packages', by file name.

    Raises:
        NewerDataError: the database was written by a newer version.
        ChangedMigrationError: an applied file was edited.
    """
    await apply_migrations(pool, EVENT_STORE, *packages)


async def apply_migrations(pool: Pool, *packages: str) -> None:
    """Apply what is missing of exactly these packages' `*.sql` files, all of it or nothing, in one transaction.

    Raises:
        NewerDataError: one of the packages was applied further than this version goes.
        ChangedMigrationError: an applied file was edited.
    """
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL statement_timeout = {MIGRATION_TIMEOUT_MS_MAX}")
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        await connection.execute("SET LOCAL client_min_messages = warning")
        await connection.execute(_BOOK)
        for package in packages:
            await _apply_package(connection, package)


async def _apply_package(connection: Connection, package: str) -> None:
    recorded = await connection.fetch("SELECT name, digest FROM es.migrations WHERE package = $1", package)
    applied: dict[str, bytes] = {row["name"]: row["digest"] for row in recorded}
    known = sql_files(package)
    newer = sorted(applied.keys() - {name for name, _ in known})
    if newer:
        raise NewerDataError(f"data is of a newer version: {package} has been migrated by {newer[-1]}, unknown here")
    for name, text in known:
        digest = sha256(text.encode()).digest()
        if name not in applied:
            await connection.execute(text)
            await connection.execute(
                "INSERT INTO es.migrations (package, name, digest) VALUES ($1, $2, $3)", package, name, digest
            )
        elif applied[name] != digest:
            raise ChangedMigrationError(f"{package}/{name} has changed since it was applied")
