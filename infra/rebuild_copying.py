"""Rows that are only inserted, with values as they come, go to the server by COPY: it takes half as long for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import asyncpg

from infra.postgres import Connection

COPIED_ROWS_MIN = 8
"""For fewer than these a statement takes fewer round trips."""
_GIVEN = re.compile(r"\$(\d+)(?:::\w+)?")
_TEXT = re.compile(r"'([^']*)'")
_CONSTANTS = {"NULL": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Copying:
    """How arguments of a statement become rows of a table. `places`: in the arguments, and `constants` after them."""

    table: str
    columns: tuple[str, ...]
    places: tuple[int, ...]
    constants: tuple[Any, ...]

    @classmethod
    async def of(
        cls, connection: Connection, table: str, given: Mapping[str, str], parameters: Sequence[asyncpg.Type]
    ) -> Copying | None:
        """Of a statement that inserts these values, as SQL by column; None where the server would compute one."""
        if not given:
            return None
        columns = (await connection.prepare(f"SELECT {', '.join(given)} FROM {table}")).get_attributes()
        constants: list[Any] = []
        places = []
        for column, value in zip(columns, given.values(), strict=True):
            if found := _GIVEN.fullmatch(value):
                at = int(found[1]) - 1
                if parameters[at].oid != column.type.oid:
                    return None
            elif value in _CONSTANTS or (column.type.name == "text" and _TEXT.fullmatch(value)):
                at = len(parameters) + len(constants)
                constants.append(_CONSTANTS[value] if value in _CONSTANTS else value.strip("'"))
            else:
                return None
            places.append(at)
        return cls(table, tuple(given), tuple(places), tuple(constants)) if len(places) > 1 else None

    async def copy(self, rows: Sequence[tuple[Any, ...]], connection: Connection) -> None:
        """Insert them all."""
        await connection.copy_records_to_table(self.table, columns=self.columns, records=self._records(rows))

    def _records(self, rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        taken = itemgetter(*self.places)
        return [taken((*row, *self.constants)) for row in rows]
