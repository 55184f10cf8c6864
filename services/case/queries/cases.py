"""Single cases; lists of them are in `case_list`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.case.queries.database import Database, as_rows
from services.case.queries.rows import CaseRow


async def cases_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, CaseRow]:
    """Those of the cases that exist."""
    return {row.case_id: row for row in await _cases(database, "cases_by_id", list(ids))}


async def case_by_number(database: Database, number: str) -> CaseRow | None:
    """The case that people call by this number."""
    rows = await _cases(database, "case_by_number", number)
    return rows[0] if rows else None


async def _cases(database: Database, name: str, *args: Any) -> list[CaseRow]:
    text = database.text(name).format(columns=database.text("case_columns"))
    return as_rows(CaseRow, await database.records(name, text, *args))
