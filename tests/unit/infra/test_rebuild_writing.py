"""Rows in few round trips: where their order matters it stays."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.stored import Row
from infra.rebuild_writing import batches

IDS = st.integers(0, 4).map(lambda number: UUID(int=number))
ROWS = st.lists(st.tuples(IDS, st.sampled_from("abc"), st.lists(IDS, max_size=2)), max_size=40)


@given(ROWS)
def test_rows_of_one_stream_of_one_statement_or_with_one_id_keep_their_order(
    drawn: list[tuple[UUID, str, list[UUID]]],
) -> None:
    rows = [(stream_id, Row(statement, (number, *ids))) for number, (stream_id, statement, ids) in enumerate(drawn)]
    made = batches(rows)

    assert all({row.statement for row in group} == {statement} for statement, group in made)
    places = {row.args[0]: place for place, row in enumerate(row for _, group in made for row in group)}
    assert sorted(places) == list(range(len(rows)))
    for later, (stream_id, row) in enumerate(rows):
        for earlier in range(later):
            other_stream, other = rows[earlier]
            ids, other_ids = {stream_id, *row.args[1:]}, {other_stream, *other.args[1:]}
            if ids & other_ids or row.statement == other.statement:
                assert places[earlier] < places[later]


def test_rows_of_many_streams_need_one_round_trip_per_statement() -> None:
    rows = [
        (UUID(int=number), Row(statement, (UUID(int=number),))) for number in range(100) for statement in ("a", "b")
    ]
    assert [(statement, len(group)) for statement, group in batches(rows)] == [("a", 100), ("b", 100)]
