"""Writes many facts' rows in few round trips: rows of one statement go together, as far as that changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

import asyncpg

from contracts.stored import Row
from infra.postgres import Connection

Batch = tuple[str, list[Row]]


def batches(rows: Iterable[tuple[UUID, Row]]) -> list[Batch]:
    """Rows, each with its fact's stream, by statement: where order matters it stays.

    It stays between rows of one stream, between rows that name one id, and between rows of one statement. Any other two
    may change places: they touch no table row in common.
    """
    made: list[Batch] = []
    last_of_id: dict[UUID, int] = {}
    last_of_statement: dict[str, int] = {}
    for stream_id, row in rows:
        ids = [stream_id, *(arg for arg in row.args if isinstance(arg, UUID))]
        after = max((last_of_id.get(each, 0) for each in ids), default=0)
        place = last_of_statement.get(row.statement, -1)
        if place < after or place < 0:
            place = len(made)
            made.append((row.statement, []))
            last_of_statement[row.statement] = place
        made[place][1].append(row)
        last_of_id.update(dict.fromkeys(ids, place))
    return made


async def write_in_batches(connection: Connection, sql: Mapping[str, str], rows: list[tuple[UUID, Row]]) -> None:
    """Write them inside the caller's transaction; one by one should a constraint mind the change of order.

    How many rows each touches is not looked at: of an erased fact some rows are never made.

    Raises:
        asyncpg.PostgresError: a row cannot be written.
    """
    try:
        async with connection.transaction():
            for statement, group in batches(rows):
                await connection.executemany(sql[statement], [row.args for row in group])
    except asyncpg.IntegrityConstraintViolationError:
        for _, row in rows:
            await connection.execute(sql[row.statement], *row.args)
