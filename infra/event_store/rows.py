"""Writes to read tables, inside the transaction of the facts they show."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

import asyncpg

from contracts.stored import Row, RowRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from infra.postgres import Connection

_ARGUMENT = re.compile(r"\$\d+")


class RowTaken(RowRefused):
    """A unique constraint refused the row: somebody else was first, and a new decision may come out differently."""


async def write_rows(connection: Connection, statements: Mapping[str, str], rows: Iterable[Row]) -> None:
    """Carry out rows in order; neighbours of one statement that expect nothing go in one round trip.

    Raises:
        RowTaken: a unique constraint was broken.
        RowRefused: another constraint was, an unexpected number of rows was touched, or the row is no valid statement.
    """
    for (statement, expected), group in groupby(rows, key=lambda row: (row.statement, row.expect_rows)):
        sql = statements.get(statement)
        if sql is None:
            raise RowRefused(statement, "no statement of that name")
        arguments = [row.args for row in group]
        try:
            await _write(connection, statement, sql, arguments, expected)
        except asyncpg.IntegrityConstraintViolationError as error:
            # The database's own text quotes the values.
            kind = RowTaken if isinstance(error, asyncpg.UniqueViolationError) else RowRefused
            raise kind(statement, f"breaks {error.constraint_name or error.column_name}") from None
        except asyncpg.DataError as error:
            place = _ARGUMENT.search(str(error))
            raise RowRefused(statement, f"{type(error).__name__} {place[0] if place else ''}".strip()) from None


async def _write(
    connection: Connection, statement: str, sql: str, arguments: list[tuple[object, ...]], expected: int | None
) -> None:
    if expected is None and len(arguments) > 1:
        await connection.executemany(sql, arguments)
        return
    for args in arguments:
        # The command tag ends with the count: `INSERT 0 1`, `UPDATE 2`.
        touched = int((await connection.execute(sql, *args)).rpartition(" ")[2])
        if expected is not None and touched != expected:
            raise RowRefused(statement, f"touched {touched} rows, not {expected}")
