"""The same database with nothing in it, for the next example of a property."""

from __future__ import annotations

from infra.postgres import Pool
from infra.sealing import KeyRing

TABLES = """SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables
WHERE schemaname = 'public'
  OR (schemaname = 'es' AND tablename IN ('streams', 'events', 'log', 'commands', 'checkpoints'))"""


async def empty(pool: Pool) -> None:
    """Take every row of every table of one service, its log's too."""
    await pool.execute(f"TRUNCATE {await pool.fetchval(TABLES)}")
    await pool.execute("UPDATE es.sequencer SET next_position = 1")


async def empty_keys(keys: KeyRing, kek: bytes) -> KeyRing:
    """A ring with no key in it, destroyed ones neither, over the same database."""
    await keys._pool.execute("TRUNCATE keys.contents, keys.subjects")
    return KeyRing(keys._pool, kek)
