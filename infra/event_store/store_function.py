"""A whole batch in one round trip: a function on the server that appends facts and then writes rows, in their order.

Row by row, a command with eight rows would take eleven round trips, most of which are spent waiting.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from infra.rows_sql import RowsSql
from infra.sql import name_statement
from infra.sql import statements as sql_statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from contracts.stored import Row
    from infra.postgres import Connection

_SQL = sql_statements("infra.event_store")
_NAME_DIGITS = 16
_APPEND_TYPES = ("es.item[]", "boolean", "boolean", "int")
"""Of the parameters of es.append."""


class StoreFunction:
    """The function of one service in one database; made when it is first needed, kept between starts.

    `call`: takes the arguments of es.append and after them `arguments`.
    """

    def __init__(self, name: str, rows: RowsSql) -> None:
        self._rows = rows
        numbers = (f"${number}" for number in range(1, len(_APPEND_TYPES) + len(rows.parameters) + 1))
        self.call = f"SELECT {name}({', '.join(numbers)})"
        name_statement(self.call, "store")

    @classmethod
    async def make(cls, connection: Connection, sql: Mapping[str, str]) -> StoreFunction:
        """The function for these statements, as `RowsSql.of` takes them. It is named after the digest of its text."""
        rows = await RowsSql.of(connection, sql)
        facts = [f"_a{number}" for number in range(len(_APPEND_TYPES))]
        typed = [f"{name} {kind}" for name, kind in zip(facts, _APPEND_TYPES, strict=True)]
        first = f"PERFORM es.append({', '.join(facts)});"
        digest = sha256(rows.function("", before=typed, first=first).encode()).hexdigest()
        name = f"es.store_{digest[:_NAME_DIGITS]}"
        async with connection.transaction():
            await connection.execute(_SQL["lock_functions"])
            await connection.execute(rows.function(name, before=typed, first=first))
        return cls(name, rows)

    def arguments(self, rows: Iterable[Row]) -> list[Any]:
        """What `call` takes after the arguments of es.append.

        Raises:
            NotWritable: a row names no statement of the function, or has too many or too few arguments.
        """
        return self._rows.arguments(rows)
