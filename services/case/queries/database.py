"""The one way the queries reach Postgres: a statement by its name, values bound, rows as structs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import asyncpg
import msgspec

from infra.sql import statements

R = TypeVar("R", bound=msgspec.Struct)

ROWS_MAX = 10_000
"""No query of the desk hands out more rows than this, whatever it is asked."""


class NoTextError(ValueError):
    """A text to look for holds U+0000, which no text on record has and Postgres takes in none."""


class Database:
    """Reads of one service's own database.

    `observe` is called with the name of each statement before it runs: a test counts round trips by it.
    """

    def __init__(self, pool: asyncpg.Pool, *, observe: Callable[[str], None] | None = None) -> None:
        self._pool = pool
        self._statements: Mapping[str, str] = statements(__package__ or "services.case.queries")
        self.observe = observe or (lambda _name: None)

    @property
    def pool(self) -> asyncpg.Pool:
        """For readers of the event store that bring statements of their own."""
        return self._pool

    def text(self, name: str) -> str:
        """The SQL of a named statement, for those who put a list's parts together."""
        return self._statements[name]

    async def all(self, kind: type[R], name: str, *args: Any) -> list[R]:
        """The rows of a named statement."""
        return as_rows(kind, await self.records(name, self._statements[name], *args))

    async def one(self, kind: type[R], name: str, *args: Any) -> R | None:
        """The first row of a named statement, or None."""
        rows = await self.all(kind, name, *args)
        return rows[0] if rows else None

    async def value(self, name: str, *args: Any) -> Any:
        """The first column of the first row of a named statement, or None."""
        records = await self.records(name, self._statements[name], *args)
        return records[0][0] if records else None

    async def records(self, name: str, text: str, *args: Any) -> Sequence[asyncpg.Record]:
        """Run a text that was put together from named parts; `name` is what it is known by in figures.

        Raises:
            NoTextError: said before anything is asked, for a failed statement would fail the rest of its moment too.
        """
        if any(_holds_nul(value) for value in args):
            raise NoTextError
        self.observe(name)
        found = await self.fetch(text, *args)
        if len(found) > ROWS_MAX:
            raise RuntimeError(f"{name}: more than {ROWS_MAX} rows")
        return found

    async def fetch(self, text: str, *args: Any) -> Sequence[asyncpg.Record]:
        """Run a statement on whichever connection is free."""
        found: list[asyncpg.Record] = await self._pool.fetch(text, *args)
        return found


def _holds_nul(value: Any) -> bool:
    if isinstance(value, list):
        return any(_holds_nul(each) for each in value)
    return isinstance(value, str) and "\0" in value


def as_rows(kind: type[R], records: Sequence[asyncpg.Record]) -> list[R]:
    """Records as structs of a kind; columns that the struct does not name are left out."""
    return [msgspec.convert(dict(record), kind) for record in records]
