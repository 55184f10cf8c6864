"""Many rows in one call: SQL of a function that writes them, made of the statements that rows name.

Rows of one statement go together, as far as that changes nothing: to begin a statement takes the server as long as two
or three rows of it. The function takes which statements come one after the other, how many rows each has, and the
arguments of all of them in one array per type: each takes as many of each type as it has parameters of it, column by
column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec

from infra.row_groups import RowGroups
from infra.row_shapes import Shape, shapes_of
from infra.sql import statements

if TYPE_CHECKING:
    from contracts.stored import Row
    from infra.postgres import Connection

_PARAMETER = re.compile(r"\$(\d+)")
_WRITES = re.compile(r"(?:\s|--.*\n)*(?:INSERT|UPDATE|DELETE|WITH)\b")
_JSON = "jsonb"
_SQL = statements("infra")

Args = tuple[Any, ...]


def array_of_json(value: str, kind: str) -> str:
    """SQL of the array that a value of JSON holds: of arrays there is no array, they travel as `json_of`."""
    each = f"SELECT _e::{kind} FROM jsonb_array_elements_text({value}) AS _e"
    return f"(CASE WHEN {value} IS NOT NULL THEN ARRAY({each}) END)"


def json_of(value: Any) -> str | None:
    """An array on its way to `array_of_json`."""
    return None if value is None else msgspec.json.encode(value).decode()


class NotWritable(Exception):  # noqa: N818
    """A row names no statement of the function, or has not the arguments that its statement takes."""


@dataclass(frozen=True, slots=True)
class _Statement:
    """`types`: of its parameters. `lists`: those that are arrays; there is no array of arrays, they come as JSON.

    `shape`: what order its rows have to keep; None, and without a text for many rows it is carried out row by row.
    """

    number: int
    sql: str
    types: tuple[str, ...]
    lists: frozenset[int]
    shape: Shape | None = None

    @classmethod
    def of(cls, number: int, sql: str, parameters: Iterable[asyncpg.Type], shape: Shape | None) -> _Statement:
        kinds = tuple(parameters)
        types = tuple(each.name.removesuffix("[]") for each in kinds)
        return cls(number, sql, types, frozenset(at for at, each in enumerate(kinds) if each.kind == "array"), shape)

    @property
    def takes_many(self) -> bool:
        """Whether rows of it can be written together."""
        return self.shape is not None and self.shape.key is not None and bool(self.shape.sql)

    def packed_as(self, at: int) -> str:
        """The type under which an argument of its goes to the server."""
        return _JSON if at in self.lists else self.types[at]

    def branch(self) -> str:
        """What the function does when it is its turn, with the arguments of `_count` rows."""
        taken: dict[str, int] = {}
        arguments = []
        for at in range(len(self.types)):
            kind = self.packed_as(at)
            place = f"_at_{kind} + {taken.get(kind, 0)} * _count + _row"
            taken[kind] = taken.get(kind, 0) + 1
            arguments.append(self._argument(at, f"_{kind}[{place}]"))
        moves = "".join(f" _at_{kind} := _at_{kind} + {count} * _count;" for kind, count in taken.items())
        return f"{self._of_many(arguments)}\n; GET DIAGNOSTICS _touched = ROW_COUNT;{moves}"

    def _of_many(self, arguments: Sequence[str]) -> str:
        if self.shape is None or not self.takes_many:
            return _PARAMETER.sub(lambda found: arguments[int(found[1]) - 1].replace("_row]", "1]"), self.sql)
        columns = ", ".join(f"{each} AS _{number}" for number, each in enumerate(arguments, start=1))
        return self.shape.sql.format(rows=f"(SELECT {columns} FROM generate_series(1, _count) AS _row) AS _rows")

    def _argument(self, at: int, value: str) -> str:
        return array_of_json(value, self.types[at]) if at in self.lists else value

    def turns(self, rows: Sequence[Args]) -> Iterator[Sequence[Args]]:
        """These rows, in their order, by how many of them can be written together: none has the key of another."""
        if self.shape is None or self.shape.key is None or not self.takes_many:
            for row in rows:
                yield (row,)
            return
        key = self.shape.key
        together: dict[Args, Args] = {}
        for row in rows:
            token = tuple([row[at] for at in key])
            if token in together:
                yield tuple(together.values())
                together = {}
            together[token] = row
        yield tuple(together.values())


class RowsSql:
    """The statements of some tables, ready to be made a function of."""

    def __init__(self, statements: Mapping[str, _Statement]) -> None:
        self._statements = statements
        kinds = {each.packed_as(at) for each in statements.values() for at in range(len(each.types))}
        self._types = tuple(sorted(kinds))

    @classmethod
    async def of(cls, connection: Connection, sql: Mapping[str, str]) -> RowsSql:
        """Of those statements that write and answer nothing.

        One that goes with no table in the connection's search path matters once a row names it.
        """
        parameters: dict[str, tuple[asyncpg.Type, ...]] = {}
        for name, text in sql.items():
            if not _WRITES.match(text):
                continue
            try:
                prepared = await connection.prepare(text)
            except asyncpg.PostgresError:
                continue
            if not prepared.get_attributes():
                parameters[name] = prepared.get_parameters()
        keys = {row["name"]: row["key"] for row in await connection.fetch(_SQL["keys_of_tables"])}
        shapes = shapes_of([sql[name] for name in parameters], keys)
        numbered = enumerate(parameters.items())
        return cls({name: _Statement.of(at, sql[name], kinds, shapes[sql[name]]) for at, (name, kinds) in numbered})

    @property
    def parameters(self) -> tuple[str, ...]:
        """Types of the parameters by name.

        `_turns`: whose turn it is; `_counts`: with how many rows; `_expected`: how many they must touch, NULL: any.
        """
        return "_turns int[]", "_counts int[]", "_expected int[]", *(f"_{kind} {kind}[]" for kind in self._types)

    def function(self, name: str, *, before: Iterable[str] = (), first: str = "") -> str:
        """`CREATE OR REPLACE` of it. `before`: parameters ahead of `parameters`; `first`: what it does at the start."""
        counters = "".join(f" _at_{kind} int := 0;" for kind in self._types)
        branches = _found_by_number([each.branch() for each in self._statements.values()], 0)
        # Plans are made while tables are empty, and must still find rows by their keys when they are full.
        return (
            f"CREATE OR REPLACE FUNCTION {name}({', '.join((*before, *self.parameters))}) RETURNS void LANGUAGE plpgsql"
            f" SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off"
            f" SET enable_mergejoin = off AS $_$\n"
            f"DECLARE _touched bigint; _number int; _count int;{counters}\nBEGIN {first}\n"
            f"FOR _turn IN 1 .. cardinality(_turns) LOOP\n"
            f"_number := _turns[_turn]; _count := _counts[_turn];\n{branches}\n"
            f"IF _touched <> _expected[_turn] THEN RAISE EXCEPTION 'rows touched another number of rows than they must'"
            f" USING ERRCODE = 'integrity_constraint_violation'; END IF;\nEND LOOP; END $_$"
        )

    def arguments(self, rows: Iterable[Row]) -> list[Any]:
        """The arguments for `parameters`.

        Raises:
            NotWritable: of one of the rows.
        """
        groups, must = RowGroups(), dict[str, int | None]()
        for row in rows:
            statement = self._statements.get(row.statement)
            if statement is None or len(statement.types) != len(row.args):
                raise NotWritable(row.statement)
            if must.setdefault(row.statement, row.expect_rows) != row.expect_rows:
                # Of those that go together one number is compared, which says nothing where each may have its own.
                raise NotWritable(row.statement)
            groups.add(row, statement.shape)
        values: dict[str, list[Any]] = {kind: [] for kind in self._types}
        turns, counts, expected = list[int](), list[int](), list[int | None]()
        for name, group in groups.made:
            statement, each = self._statements[name], must[name]
            for together in statement.turns(group):
                turns.append(statement.number)
                counts.append(len(together))
                expected.append(None if each is None else each * len(together))
                for at, column in enumerate(zip(*together, strict=True)):
                    values[statement.packed_as(at)].extend(map(json_of, column) if at in statement.lists else column)
        return [turns, counts, expected, *values.values()]


def _found_by_number(branches: Sequence[str], first: int) -> str:
    """One of the branches, by halves. The server readies each condition anew in every transaction that comes to it."""
    if len(branches) == 1:
        return branches[0]
    half = len(branches) // 2
    below = _found_by_number(branches[:half], first)
    above = _found_by_number(branches[half:], first + half)
    return f"IF _number < {first + half} THEN {below}\nELSE {above}\nEND IF;"
