"""A read table made a second time in a schema of its own, and what can be asked of the pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from infra.postgres import Connection
from infra.sql import statements

LIVE = "public"
SCRATCH = "rebuilding"
DIFFERENCES_MAX = 10_000
"""How many differing rows of one table are looked at; a table with more of them is told by this number."""
_SQL = statements("infra")


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table that projections write. `followed`: columns that follow other services' facts, taken as they are."""

    name: str
    followed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that the facts do not give as it stands. `columns`: where; its values are personal and not told.

    `kind`: "missing" (the live table lacks it), "extra" (no fact gives it) or "changed".
    """

    table: str
    key: str
    kind: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScratchTable:
    """A table of the scratch schema with the form of the live one: the same columns, constraints, names of indexes."""

    table: ReadTable
    key: tuple[str, ...]

    @property
    def name(self) -> str:
        """Of both."""
        return self.table.name

    @classmethod
    async def make(cls, connection: Connection, table: ReadTable) -> ScratchTable:
        """Make it, empty; what finds rows slowly but is not needed for writing comes later."""
        live, scratch = f"{LIVE}.{table.name}", f"{SCRATCH}.{table.name}"
        await connection.execute(
            f"CREATE TABLE {scratch} (LIKE {live} INCLUDING ALL EXCLUDING INDEXES EXCLUDING STATISTICS)"
        )
        for constraint in await connection.fetch(_SQL["constraints_of"], live):
            await connection.execute(
                f'ALTER TABLE {scratch} ADD CONSTRAINT "{constraint["name"]}" {constraint["definition"]}'
            )
        return cls(table, tuple(await connection.fetchval(_SQL["key_columns"], live)))

    async def add_indexes(self, connection: Connection) -> None:
        """The other indexes, by the names they have on the live table."""
        live, scratch = f" ON {LIVE}.{self.name} ", f" ON {SCRATCH}.{self.name} "
        for index in await connection.fetch(_SQL["indexes_of"], f"{LIVE}.{self.name}"):
            await connection.execute(index["definition"].replace(live, scratch, 1))
        await connection.execute(f"ANALYZE {SCRATCH}.{self.name}")

    async def take_followed(self, connection: Connection) -> None:
        """Copy the columns that follow other services' facts from the live rows."""
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

    async def differences(self, connection: Connection, keys: Sequence[str] | None = None) -> list[Difference]:
        """Where the two differ in any byte, by key: all, or among those rows only; DIFFERENCES_MAX at most."""
        live, made = (self._rows(schema, only=keys is not None) for schema in (LIVE, SCRATCH))
        rows = await connection.fetch(
            f"SELECT coalesce(live.key, made.key) AS key, live.key IS NULL AS missing, made.key IS NULL AS extra,"
            f" ARRAY(SELECT at.key FROM jsonb_each(to_jsonb(live.whole)) AS at"
            f" WHERE at.value IS DISTINCT FROM to_jsonb(made.whole) -> at.key ORDER BY at.key) AS columns"
            f" FROM {live} AS live FULL JOIN {made} AS made ON live.key = made.key"
            f" WHERE live.key IS NULL OR made.key IS NULL OR live.whole *<> made.whole"
            f" ORDER BY 1 LIMIT {DIFFERENCES_MAX}",
            *(() if keys is None else (list(keys),)),
        )
        return [self._difference(row["key"], row["missing"], row["extra"], row["columns"]) for row in rows]

    async def count(self, connection: Connection) -> int:
        """How many rows it has."""
        count: int = await connection.fetchval(f"SELECT count(*) FROM {SCRATCH}.{self.name}")
        return count

    async def swap(self, connection: Connection) -> None:
        """Put it in the live table's place. Fails where anything else was built upon the live one."""
        await connection.execute(f"DROP TABLE {LIVE}.{self.name}")
        await connection.execute(f"ALTER TABLE {SCRATCH}.{self.name} SET SCHEMA {LIVE}")

    def _rows(self, schema: str, *, only: bool) -> str:
        key = "concat_ws('/', " + ", ".join(f"t.{column}::text" for column in self.key) + ")"
        where = f" WHERE {key} = ANY ($1::text[])" if only else ""
        return f"(SELECT {key} AS key, t AS whole FROM {schema}.{self.name} AS t{where})"

    def _difference(self, key: str, missing: bool, extra: bool, columns: Sequence[str]) -> Difference:  # noqa: FBT001
        if missing or extra:
            return Difference(self.name, key, "missing" if missing else "extra")
        return Difference(self.name, key, "changed", tuple(columns))
