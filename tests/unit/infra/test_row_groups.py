"""Rows in few round trips: where their order matters it stays."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.stored import Row
from infra.row_groups import RowGroups
from infra.row_shapes import Shape

SHAPES = {
    "insert": Shape("pears", (0,), (), overwrites=False, sql=""),
    "update": Shape("pears", (0,), (), overwrites=True, sql=""),
    "compare": Shape("apples", (0,), (("pears", 1),), overwrites=False, sql=""),
    "count": Shape("apples", (0,), (("pears", None),), overwrites=False, sql=""),
    "clear": Shape("apples", None, (), overwrites=False, sql=""),
    "whatever": None,
}
KEYS = st.integers(0, 3)
ROWS = st.lists(st.tuples(st.sampled_from(sorted(SHAPES)), KEYS, KEYS), max_size=40)
Touched = tuple[str, int | None]


def touched(row: Row) -> tuple[set[Touched], set[Touched]]:
    """What it writes and what it reads; None: of a table any row."""
    shape = SHAPES[row.statement]
    if shape is None:
        return {("pears", None), ("apples", None)}, set()
    written = (shape.table, None if shape.key is None else row.args[0])
    return {written}, {(table, None if at is None else row.args[at]) for table, at in shape.reads}


def meet(some: set[Touched], others: set[Touched]) -> bool:
    return any(a == b and (x is None or y is None or x == y) for a, x in some for b, y in others)


@given(ROWS)
def test_no_row_overtakes_another_that_it_has_to_do_with(drawn: list[tuple[str, Any, Any]]) -> None:
    rows = [Row(statement, (key, other, number)) for number, (statement, key, other) in enumerate(drawn)]
    groups = RowGroups()
    for row in rows:
        groups.add(row, SHAPES[row.statement])

    places = {args[2]: place for place, args in enumerate(args for _, group in groups.made for args in group)}
    assert sorted(places) == list(range(len(rows)))
    for later, row in enumerate(rows):
        writes, reads = touched(row)
        for earlier in range(later):
            others_writes, others_reads = touched(rows[earlier])
            if meet(writes, others_writes | others_reads) or meet(reads, others_writes):
                assert places[earlier] < places[later]


def test_rows_with_nothing_in_common_need_one_group_per_statement() -> None:
    groups = RowGroups()
    for number in range(100):
        for statement in ("insert", "compare", "update"):
            groups.add(Row(statement, (number, number)), SHAPES[statement])
    assert [(statement, len(group)) for statement, group in groups.made] == [
        ("insert", 100),
        ("compare", 100),
        ("update", 100),
    ]
