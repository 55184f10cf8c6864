"""Many rows in one call: SQL of a function that writes them in their order, made of the statements that rows name.

The function takes whose turn it is, and the arguments of all turns in one array per type: each turn takes as many of
each type as its statement has parameters of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec

if TYPE_CHECKING:
    from contracts.stored import Row
    from infra.postgres import Connection

_PARAMETER = re.compile(r"\$(\d+)")
_WRITES = re.compile(r"(?:\s|--.*\n)*(?:INSERT|UPDATE|DELETE|WITH)\b")
_JSON = "jsonb"


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
    """`types`: of its parameters. `lists`: those that are arrays; there is no array of arrays, they come as JSON."""

    number: int
    sql: str
    types: tuple[str, ...]
    lists: frozenset[int]

    @classmethod
    def of(cls, number: int, sql: str, parameters: Iterable[asyncpg.Type]) -> _Statement:
        kinds = tuple(parameters)
        types = tuple(each.name.removesuffix("[]") for each in kinds)
        return cls(number, sql, types, frozenset(at for at, each in enumerate(kinds) if each.kind == "array"))

    def packed_as(self, at: int) -> str:
        """The type under which an argument of its goes to the server."""
        return _JSON if at in self.lists else self.types[at]

    def branch(self) -> str:
        """What the function does when it is its turn."""
        taken: dict[str, int] = {}
        arguments = []
        for at in range(len(self.types)):
            kind = self.packed_as(at)
            taken[kind] = taken.get(kind, 0) + 1
            arguments.append(self._argument(at, f"_{kind}[_at_{kind} + {taken[kind]}]"))
        sql = _PARAMETER.sub(lambda found: arguments[int(found[1]) - 1], self.sql)
        moves = "".join(f" _at_{kind} := _at_{kind} + {count};" for kind, count in taken.items())
        return f"{sql}\n; GET DIAGNOSTICS _touched = ROW_COUNT;{moves}"

    def _argument(self, at: int, value: str) -> str:
        return array_of_json(value, self.types[at]) if at in self.lists else value


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
        known: dict[str, _Statement] = {}
        for name, text in sql.items():
            if not _WRITES.match(text):
                continue
            try:
                prepared = await connection.prepare(text)
            except asyncpg.PostgresError:
                continue
            if not prepared.get_attributes():
                known[name] = _Statement.of(len(known), text, prepared.get_parameters())
        return cls(known)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Types of the parameters by name: `_turns`, `_expected` (rows each turn must touch; NULL: any), the values."""
        return "_turns int[]", "_expected int[]", *(f"_{kind} {kind}[]" for kind in self._types)

    def function(self, name: str, *, before: Iterable[str] = (), first: str = "") -> str:
        """`CREATE OR REPLACE` of it. `before`: parameters ahead of `parameters`; `first`: what it does at the start."""
        counters = "".join(f" _at_{kind} int := 0;" for kind in self._types)
        branches = _found_by_number([each.branch() for each in self._statements.values()], 0)
        # Plans are made while tables are empty, and must still find rows by their keys when they are full.
        return (
            f"CREATE OR REPLACE FUNCTION {name}({', '.join((*before, *self.parameters))}) RETURNS void LANGUAGE plpgsql"
            f" SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $_$\n"
            f"DECLARE _touched bigint; _number int;{counters}\nBEGIN {first}\n"
            f"FOR _turn IN 1 .. cardinality(_turns) LOOP _number := _turns[_turn];\n{branches}\n"
            f"IF _touched <> _expected[_turn] THEN RAISE EXCEPTION 'a row touched another number of rows than it must'"
            f" USING ERRCODE = 'integrity_constraint_violation'; END IF;\nEND LOOP; END $_$"
        )

    def arguments(self, rows: Iterable[Row]) -> list[Any]:
        """The arguments for `parameters`.

        Raises:
            NotWritable: of one of the rows.
        """
        values: dict[str, list[Any]] = {kind: [] for kind in self._types}
        known: dict[str, tuple[int, list[Callable[[Any], None]]]] = {}
        turns, expected = [], []
        for row in rows:
            if row.statement not in known:
                known[row.statement] = self._appenders(row.statement, values)
            number, appenders = known[row.statement]
            if len(appenders) != len(row.args):
                raise NotWritable(row.statement)
            turns.append(number)
            expected.append(row.expect_rows)
            for append, value in zip(appenders, row.args, strict=True):
                append(value)
        return [turns, expected, *values.values()]

    def _appenders(self, name: str, values: dict[str, list[Any]]) -> tuple[int, list[Callable[[Any], None]]]:
        statement = self._statements.get(name)
        if statement is None:
            raise NotWritable(name)
        return statement.number, [
            _as_json(values[_JSON]) if at in statement.lists else values[kind].append
            for at, kind in enumerate(statement.types)
        ]


def _found_by_number(branches: Sequence[str], first: int) -> str:
    """One of the branches, by halves. The server readies each condition anew in every transaction that comes to it."""
    if len(branches) == 1:
        return branches[0]
    half = len(branches) // 2
    below = _found_by_number(branches[:half], first)
    above = _found_by_number(branches[half:], first + half)
    return f"IF _number < {first + half} THEN {below}\nELSE {above}\nEND IF;"


def _as_json(values: list[Any]) -> Callable[[Any], None]:
    def append(value: Any) -> None:
        values.append(json_of(value))

    return append
