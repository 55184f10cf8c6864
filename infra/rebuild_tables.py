"""A read table made a second time in a schema of its own, and what can be asked of the pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from infra.postgres import Connection, Pool
from infra.rebuild_hands import Piece, execute
from infra.sql import statements

LIVE = "public"
SCRATCH = "rebuilding"
DIFFERENCES_MAX = 10_000
"""How many differing rows of one table are looked at; a table with more of them is told by this number."""
_SQL = statements("infra")


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table that projections write.

    `followed`: columns that follow something else than facts (other services, a worker's progress), taken as they are.
    `personal`: columns of its key that nobody is told.
    """

    name: str
    followed: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that the facts do not give as it stands. `columns`: where; its values are personal and not told.

    `key`: without what of it is personal. `kind`: "missing" (the live table lacks it), "extra" (no fact gives it) or
    "changed".
    """

    table: str
    key: str
    kind: str
    columns: tuple[str, ...] = ()


@dataclass(slots=True)
class ScratchTable:
    """A table of the scratch schema that becomes what the live one is: in columns, constraints, indexes and grants."""

    table: ReadTable
    key: tuple[str, ...]
    _indexed: bool = field(default=False)

    @property
    def name(self) -> str:
        """Of both."""
        return self.table.name

    @classmethod
    async def make(cls, connection: Connection, table: ReadTable) -> ScratchTable:
        """Make it, empty; what finds rows slowly but is not needed for writing comes later.

        Until it is finished a crash of the server empties it, and nothing of it is in the write-ahead log.
        """
        live, scratch = f"{LIVE}.{table.name}", f"{SCRATCH}.{table.name}"
        await connection.execute(
            f"CREATE UNLOGGED TABLE {scratch} (LIKE {live} INCLUDING ALL EXCLUDING INDEXES EXCLUDING STATISTICS)"
        )
        for row in await connection.fetch(_SQL["form_of"], live):
            await connection.execute(f"ALTER TABLE {scratch} {row['change']}")
        for row in await connection.fetch(_SQL["grants_of"], live):
            await connection.execute(f"GRANT {row['privilege']} ON TABLE {scratch} TO {row['grantee']}")
        return cls(table, tuple(await connection.fetchval(_SQL["key_columns"], live)))

    async def add_indexes(self, connection: Connection) -> None:
        """The other indexes, by the names they have on the live table; once."""
        for piece in await self.missing_indexes(connection):
            await piece(connection)

    async def missing_indexes(self, connection: Connection) -> list[Piece]:
        """What makes them, one after the other or side by side; nothing the second time."""
        if self._indexed:
            return []
        self._indexed = True
        live, scratch = f" ON {LIVE}.{self.name} ", f" ON {SCRATCH}.{self.name} "
        found = await connection.fetch(_SQL["indexes_of"], f"{LIVE}.{self.name}")
        return [
            partial(execute, f"{row['definition'].replace(live, scratch, 1)}; {row['statistics']}", ()) for row in found
        ]

    async def keep(self, connection: Connection) -> None:
        """Write it anew without its dead rows, from now on safe from crashes."""
        await connection.execute(f"ALTER TABLE {SCRATCH}.{self.name} SET LOGGED")

    async def look_at(self, connection: Connection) -> None:
        """Tell the planner what is in it."""
        await connection.execute(f"ANALYZE {SCRATCH}.{self.name}")

    async def take_followed(self, connection: Connection) -> None:
        """Copy the columns that do not follow our facts from the live rows."""
        if not self.table.followed:
            return
        same = " AND ".join(f"made.{column} = live.{column}" for column in self.key)
        columns = self.table.followed
        await connection.execute(
            f"UPDATE {SCRATCH}.{self.name} AS made SET {', '.join(f'{c} = live.{c}' for c in columns)}"
            f" FROM {LIVE}.{self.name} AS live WHERE {same}"
            f" AND ROW({', '.join(f'made.{c}' for c in columns)})"
            f" IS DISTINCT FROM ROW({', '.join(f'live.{c}' for c in columns)})"
        )

    async def differences(
        self, connection: Connection, among: Sequence[str] | None = None
    ) -> list[tuple[str, Difference]]:
        """Where the two differ in any byte: all, or among those rows only; DIFFERENCES_MAX at most.

        Each with its row, as `among` takes it.
        """
        live, made = (self._rows(schema, only=among is not None) for schema in (LIVE, SCRATCH))
        rows = await connection.fetch(
            f"SELECT coalesce(live.row, made.row) AS row, coalesce(live.told, made.told) AS told,"
            f" live.row IS NULL AS missing, made.row IS NULL AS extra,"
            f" ARRAY(SELECT at.key FROM jsonb_each(to_jsonb(live.whole)) AS at"
            f" WHERE at.value IS DISTINCT FROM to_jsonb(made.whole) -> at.key ORDER BY at.key) AS columns"
            f" FROM {live} AS live FULL JOIN {made} AS made ON live.row = made.row"
            f" WHERE live.row IS NULL OR made.row IS NULL OR live.whole *<> made.whole"
            f" ORDER BY 1 LIMIT {DIFFERENCES_MAX}",
            *(() if among is None else (list(among),)),
        )
        return [
            (row["row"], self._difference(row["told"], row["missing"], row["extra"], row["columns"])) for row in rows
        ]

    async def count(self, connection: Connection) -> int:
        """How many rows it has."""
        count: int = await connection.fetchval(f"SELECT count(*) FROM {SCRATCH}.{self.name}")
        return count

    @staticmethod
    async def hold_writers(connection: Connection, made: Sequence[ScratchTable]) -> None:
        """Let nobody write to the live tables of those any more, within the transaction; who reads goes on."""
        names = ", ".join(f"{LIVE}.{each.name}" for each in made)
        await connection.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")

    async def swap(self, connection: Connection) -> None:
        """Put it in the live table's place. Fails where anything else was built upon the live one."""
        await connection.execute(f"DROP TABLE {LIVE}.{self.name}")
        await connection.execute(f"ALTER TABLE {SCRATCH}.{self.name} SET SCHEMA {LIVE}")

    def _rows(self, schema: str, *, only: bool) -> str:
        row = "ROW(" + ", ".join(f"t.{column}" for column in self.key) + ")::text"
        told = ", ".join(f"t.{column}::text" for column in self.key if column not in self.table.personal)
        where = f" WHERE {row} = ANY ($1::text[])" if only else ""
        return (
            f"(SELECT {row} AS row, concat_ws('/', {told}) AS told, t AS whole FROM {schema}.{self.name} AS t{where})"
        )

    def _difference(self, key: str, missing: bool, extra: bool, columns: Sequence[str]) -> Difference:  # noqa: FBT001
        if missing or extra:
            return Difference(self.name, key, "missing" if missing else "extra")
        return Difference(self.name, key, "changed", tuple(columns))


async def no_leftovers(pool: Pool) -> bool:
    """Whether nothing is left in the database of rebuilds that were cut off; False while one is under way."""
    if not await pool.fetchval(_SQL["scratch_is_there"]):
        return True
    async with pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval(_SQL["hold_rebuild_for_now"]):
            return False
        await connection.execute(_SQL["drop_scratch"])
    return True
