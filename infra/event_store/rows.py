"""Writes to read tables, inside the transaction of the facts they show."""

from __future__ import annotations

import re
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
    """Carry out rows one by one, to learn which of them it is that cannot be.

    Raises:
        RowTaken: a unique constraint was broken.
        RowRefused: another constraint was, an unexpected number of rows was touched, or the row is no valid statement.
    """
    for row in rows:
        sql = statements.get(row.statement)
        if sql is None:
            raise RowRefused(row.statement, "no statement of that name")
        try:
            # The command tag ends with the count: `INSERT 0 1`, `UPDATE 2`.
            touched = int((await connection.execute(sql, *row.args)).rpartition(" ")[2])
        except asyncpg.IntegrityConstraintViolationError as error:
            # The database's own text quotes the values.
            kind = RowTaken if isinstance(error, asyncpg.UniqueViolationError) else RowRefused
            raise kind(row.statement, f"breaks {error.constraint_name or error.column_name}") from None
        except asyncpg.DataError as error:
            place = _ARGUMENT.search(str(error))
            raise RowRefused(row.statement, f"{type(error).__name__} {place[0] if place else ''}".strip()) from None
        if row.expect_rows is not None and touched != row.expect_rows:
            raise RowRefused(row.statement, f"touched {touched} rows, not {row.expect_rows}")
