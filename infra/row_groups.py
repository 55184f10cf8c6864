"""Rows by statement, so that rows of one statement can be written together, as far as that changes nothing."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from contracts.stored import Row
from infra.row_shapes import Shape

Args = tuple[Any, ...]


@dataclass(slots=True)
class _Touched:
    """Where rows of one table were last written and read: each by that which parts it, all, and any of them."""

    written: dict[Any, int] = field(default_factory=dict)
    looked_at: dict[Any, int] = field(default_factory=dict)
    all_written: int = 0
    all_looked_at: int = 0
    any_written: int = 0
    any_looked_at: int = 0


@dataclass(slots=True)
class RowGroups:
    """Rows by statement, in an order in which each comes after those that it must not overtake.

    It may not overtake what wrote the row that it writes or reads, what read the row that it writes, and what may have
    written or read any row of such a table. All other rows may change places with it: they have no row in common.
    """

    made: list[tuple[str, list[Args]]] = field(default_factory=list)
    places: dict[str, list[int]] = field(default_factory=dict)
    tables: defaultdict[str, _Touched] = field(default_factory=lambda: defaultdict(_Touched))
    barrier: int = 0

    def add(self, row: Row, shape: Shape | None) -> None:
        """Put it into the first group of its statement that comes late enough, or into a new one at the end."""
        args = row.args
        if shape is None:
            self.barrier = len(self.made)
            self.made.append((row.statement, [args]))
            return
        key, own = shape.key, self.tables[shape.table]
        if key is None:
            after = max(self.barrier, own.any_written, own.any_looked_at)
        else:
            token = args[key[0]] if len(key) == 1 else tuple([args[at] for at in key])
            earlier = (own.written.get(token, 0), own.looked_at.get(token, 0))
            after = max(self.barrier, own.all_written, own.all_looked_at, *earlier)
        for table, at in shape.reads:
            other = self.tables[table]
            found = other.any_written if at is None else max(other.all_written, other.written.get(args[at], 0))
            after = max(after, found)
        place = self._place(row.statement, after)
        self.made[place][1].append(args)
        if key is None:
            own.all_written = place
        else:
            own.written[token] = place
        own.any_written = max(own.any_written, place)
        for table, at in shape.reads:
            other = self.tables[table]
            if at is None:
                other.all_looked_at = max(other.all_looked_at, place)
            else:
                other.looked_at[args[at]] = max(other.looked_at.get(args[at], 0), place)
            other.any_looked_at = max(other.any_looked_at, place)

    def _place(self, statement: str, after: int) -> int:
        """That of the first group of a statement which does not come before that place."""
        places = self.places.setdefault(statement, [])
        at = bisect_left(places, after)
        if at == len(places):
            places.append(len(self.made))
            self.made.append((statement, []))
        return places[at]
