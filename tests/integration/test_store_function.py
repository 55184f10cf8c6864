"""A batch with rows is one call of a function, and what it writes is what the statements write one by one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.stored import Committed, Row, RowRefused
from infra.event_store import PostgresRecord
from infra.event_store.append import arguments
from infra.event_store.rows import write_rows
from infra.event_store.store_function import StoreFunction
from infra.rows_sql import NotWritable
from tests.support.notebook import IDS, LINES_SQL, line_rows
from tests.support.own_record import OwnRecord, own_record

THINGS = (
    "CREATE TABLE {} (id uuid PRIMARY KEY, name text, words text[], ids uuid[], count bigint, small int, sure boolean,"
    " at timestamptz, doc jsonb, bytes bytea)"
)
SQL = {
    "put_thing": "INSERT INTO things (id, name, words, ids, count, small, sure, at, doc, bytes)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE"
    " SET name = excluded.name, words = things.words || excluded.words, doc = excluded.doc",
    "rename_thing": "-- Of $1: the last word counts.\nUPDATE things SET name = $2 WHERE id = $1",
    "count_thing": "UPDATE things SET count = coalesce(count, 0) + $2, small = $3 WHERE id = $1",
    "drop_thing": "DELETE FROM things WHERE id = $1",
    "look_at_thing": "SELECT * FROM things WHERE id = $1",
    "of_no_table": "UPDATE nowhere SET name = $1",
}
KNOWN = [IDS.new() for _ in range(3)]
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
FULL = st.tuples(
    st.sampled_from(KNOWN),
    st.none() | TEXTS,
    st.none() | st.lists(st.none() | TEXTS, max_size=3),
    st.none() | st.lists(st.sampled_from(KNOWN), max_size=2),
    st.none() | st.integers(-(2**31), 2**31),
    st.none() | st.integers(-9, 9),
    st.none() | st.booleans(),
    st.none() | st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001
    st.none() | st.just('{"a": [1, null, "x"]}'),
    st.none() | st.binary(max_size=4),
)
ROWS = st.lists(
    st.one_of(
        FULL.map(lambda args: Row("put_thing", args, expect_rows=1)),
        st.tuples(st.sampled_from(KNOWN), TEXTS).map(lambda args: Row("rename_thing", args)),
        st.tuples(st.sampled_from(KNOWN), st.integers(0, 9), st.none() | st.integers(0, 9)).map(
            lambda args: Row("count_thing", args)
        ),
        st.sampled_from(KNOWN).map(lambda one: Row("drop_thing", (one,))),
    ),
    max_size=8,
)


@pytest.fixture
async def own(database: str, keys_database: str) -> AsyncIterator[OwnRecord]:
    async with own_record(database, keys_database) as opened:
        await opened.pool.execute(THINGS.format("things"))
        yield opened


async def things(own: OwnRecord) -> list[dict[str, Any]]:
    return [dict(row) for row in await own.pool.fetch("SELECT * FROM things ORDER BY id")]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
async def test_rows_written_together_are_as_if_written_one_by_one(own: OwnRecord, rows: list[Row]) -> None:
    async with own.pool.acquire() as connection:
        await connection.execute("TRUNCATE things")
        function = await StoreFunction.make(connection, SQL)
        await connection.execute(function.call, *arguments([]), *function.arguments(rows))
        together = await things(own)
        await connection.execute("TRUNCATE things")
        await write_rows(connection, SQL, rows)
    assert together == await things(own)


async def test_rows_of_one_statement_go_together_as_far_as_each_has_another_key(own: OwnRecord) -> None:
    rows = [Row("rename_thing", (each, "x")) for each in (*KNOWN, KNOWN[0])]
    rows += [Row("count_thing", (each, 1, 2)) for each in KNOWN]
    async with own.pool.acquire() as connection:
        function = await StoreFunction.make(connection, SQL)
    counts = function.arguments(rows)[1]
    assert counts == [3, 1, 3]


async def test_rows_of_one_statement_that_must_touch_different_numbers_are_no_part_of_it(own: OwnRecord) -> None:
    async with own.pool.acquire() as connection:
        function = await StoreFunction.make(connection, SQL)
    with pytest.raises(NotWritable):
        function.arguments([Row("drop_thing", (KNOWN[0],), expect_rows=1), Row("drop_thing", (KNOWN[1],))])


async def test_a_row_that_touches_another_number_of_rows_than_it_must_undoes_its_command_alone(own: OwnRecord) -> None:
    own.record = PostgresRecord(own.pool, own.keys, (), SQL, lambda: None)
    one, other = await own.begin(), await own.begin()
    put = Row("put_thing", (KNOWN[0], *[None] * 9), expect_rows=1)
    missing = Row("rename_thing", (KNOWN[1], "x"), expect_rows=1)
    answers = await asyncio.gather(
        own.note(one, "good", rows=(put,)), own.note(other, "bad", rows=(missing,)), return_exceptions=True
    )
    assert isinstance(answers[0], Committed)
    assert isinstance(answers[1], RowRefused)
    assert [len(await own.facts(each)) for each in (one, other)] == [2, 1]
    assert len(await things(own)) == 1


async def test_statements_that_answer_or_go_with_no_table_are_no_part_of_it(own: OwnRecord) -> None:
    async with own.pool.acquire() as connection:
        function = await StoreFunction.make(connection, SQL)
    for row in (Row("look_at_thing", (KNOWN[0],)), Row("of_no_table", ("x",)), Row("drop_thing", ())):
        with pytest.raises(NotWritable):
            function.arguments([row])


async def test_many_processes_may_make_it_at_once_and_it_is_one(own: OwnRecord) -> None:
    async def make() -> None:
        async with own.pool.acquire() as connection:
            await StoreFunction.make(connection, SQL)

    await asyncio.gather(*(make() for _ in range(6)))
    count = await own.pool.fetchval("SELECT count(*) FROM pg_proc WHERE proname LIKE 'store\\_%'")
    assert count == 1


async def test_many_commands_with_rows_are_stored_in_few_transactions_of_one_statement(own: OwnRecord) -> None:
    notebooks = [await own.begin() for _ in range(40)]
    own.record = PostgresRecord(own.pool, own.keys, (line_rows,), LINES_SQL, lambda: None)
    await own.note(notebooks[0], "the function is made")
    await asyncio.gather(*(own.note(notebook_id, f"line of {notebook_id}") for notebook_id in notebooks))
    assert await own.pool.fetchval("SELECT count(*) FROM lines") == 41
    assert await own.pool.fetchval("SELECT count(DISTINCT xmin::text) FROM lines") <= 20
