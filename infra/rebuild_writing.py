"""Writes many facts' rows in few round trips: rows of one statement go together, as far as that changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import asyncpg

from contracts.stored import Row
from infra.postgres import Connection
from infra.rebuild_copying import COPIED_ROWS_MIN, Copying
from infra.rebuild_hands import Piece, execute, others_turn
from infra.rebuild_lasting import lasting
from infra.row_groups import RowGroups
from infra.row_shapes import Keys, Shape, shapes_of
from infra.rows_sql import array_of_json, json_of

Args = tuple[Any, ...]
TURN_ROWS_MAX = 512
PLAN_BY_KEY = (
    "SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off;"
    " SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
)
"""Plans are made while tables are empty, and must still find rows by their keys when they are full."""


@dataclass(frozen=True, slots=True)
class _Statement:
    """`many`: its text for many rows, whose arguments come as one array each.

    `lists`: the places of those that are arrays themselves; there is no array of arrays, they come as JSON. `copying`:
    how many rows are inserted at once; None: it does not only insert.
    """

    one: str
    shape: Shape | None
    many: str = ""
    lists: tuple[int, ...] = ()
    copying: Copying | None = None

    @classmethod
    def of(
        cls, sql: str, shape: Shape | None, parameters: Sequence[asyncpg.Type], copying: Copying | None
    ) -> _Statement:
        if shape is None or shape.key is None or not shape.sql:
            return cls(sql, shape)
        lists = tuple(at for at, each in enumerate(parameters) if each.kind == "array")
        kinds = [f'"{each.schema}"."{each.name.removesuffix("[]")}"' for each in parameters]
        given = ", ".join(f"${at + 1}::{'jsonb' if at in lists else kind}[]" for at, kind in enumerate(kinds))
        names = ", ".join(f"_{at + 1}" for at in range(len(kinds)))
        rows = f"unnest({given}) AS _rows({names})"
        if lists:
            taken = ", ".join(
                array_of_json(f"_{at + 1}", kind) if at in lists else f"_{at + 1}" for at, kind in enumerate(kinds)
            )
            rows = f"(SELECT {taken} FROM unnest({given}) AS _given({names})) AS _rows({names})"
        return cls(sql, shape, shape.sql.format(rows=rows), lists, copying)

    def steps(self, rows: list[Args]) -> Iterable[Piece]:
        """What carries all of them out, one after the other where they have one key."""
        if self.copying is not None and len(rows) >= COPIED_ROWS_MIN:
            return [partial(self.copying.copy, rows)]
        if self.shape is None or self.shape.key is None or not self.many:
            return [partial(execute, self.one, row) for row in rows]
        key = self.shape.key
        if self.shape.overwrites:
            layers = [list({tuple([row[at] for at in key]): row for row in rows}.values())]
        else:
            layers = []
            seen: dict[Args, int] = {}
            for row in rows:
                place = tuple([row[at] for at in key])
                layer = seen.get(place, 0)
                seen[place] = layer + 1
                if layer == len(layers):
                    layers.append([])
                layers[layer].append(row)
        return [partial(execute, self.many, self._columns(layer)) for layer in layers]

    def _columns(self, rows: list[Args]) -> list[Any]:
        columns: list[Any] = list(zip(*rows, strict=True))
        for at in self.lists:
            columns[at] = [json_of(each) for each in columns[at]]
        return columns


@dataclass(slots=True)
class PackedRows:
    """Rows on their way to the server. `seeks`: tables in which some look for rows by more than a key."""

    rows: list[Row]
    steps: list[Piece] = field(default_factory=list)
    seeks: set[str] = field(default_factory=set)


class RowWriter:
    """Writes rows over one connection into the tables of its search path."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, _Statement] = {}
        self._shapes: dict[str, Shape | None] = {}
        self._impossible: dict[str, asyncpg.PostgresError] = {}

    @classmethod
    async def make(cls, connection: Connection, sql: Mapping[str, str], keys: Keys) -> RowWriter:
        """One that knows these statements. One that goes with none of the tables matters only when a row names it."""
        writer = cls(connection)
        parameters = {}
        for name, text in sql.items():
            try:
                parameters[name] = (await connection.prepare(text)).get_parameters()
            except asyncpg.PostgresError as error:
                writer._impossible[name] = error
        by_text = shapes_of([sql[name] for name in parameters], keys)
        writer._shapes = {name: by_text[sql[name]] for name in parameters}
        for name, kinds in parameters.items():
            shape = writer._shapes[name]
            copying = await Copying.of(connection, shape.table, shape.inserted, kinds) if shape else None
            writer._known[name] = _Statement.of(sql[name], shape, kinds, copying)
        return writer

    async def pack(self, rows: list[Row]) -> PackedRows:
        """Make rows ready to be written, while others are.

        Raises:
            asyncpg.PostgresError: a row's statement does not go with the tables that there are.
        """
        impossible = self._impossible.keys() & {row.statement for row in rows}
        if impossible:
            raise self._impossible[min(impossible)]
        groups = RowGroups()
        for number, row in enumerate(lasting(rows, self._shapes)):
            groups.add(row, self._shapes[row.statement])
            if not number % TURN_ROWS_MAX:
                await others_turn()
        packed = PackedRows(rows)
        for name, group in groups.made:
            statement = self._known[name]
            packed.steps += statement.steps(group)
            await others_turn()
            if statement.shape is not None:
                packed.seeks |= statement.shape.seeks
        return packed

    async def write(self, packed: PackedRows) -> None:
        """Write them, all or none, as if one by one; and so should a constraint mind their change of order.

        How many rows each touches is not looked at: of an erased fact some rows are never made.

        Raises:
            asyncpg.PostgresError: a row cannot be written.
        """
        async with self._connection.transaction():
            await self._connection.execute(PLAN_BY_KEY)
            try:
                async with self._connection.transaction():
                    for step in packed.steps:
                        await step(self._connection)
            except asyncpg.IntegrityConstraintViolationError:
                for row in packed.rows:
                    await self._connection.execute(self._known[row.statement].one, *row.args)
