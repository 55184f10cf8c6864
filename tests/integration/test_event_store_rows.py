"""Read tables are written with the facts they show, or nothing is written at all."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from contracts.stored import Row, RowRefused, Work
from infra.event_store import PostgresRecord
from tests.support.notebook import LINES_SQL, Notebook, context, line_rows
from tests.support.own_record import OwnRecord, own_record


@pytest.fixture
async def own(database: str, keys_database: str) -> AsyncIterator[OwnRecord]:
    async with own_record(database, keys_database) as opened:
        yield opened


async def test_rows_are_written_with_their_facts(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    await own.note(notebook_id, "one", "text", rows=(Row("change_line", ("one", "changed"), expect_rows=1),))
    row = await own.pool.fetchrow("SELECT * FROM lines")
    assert row is not None
    assert tuple(row) == (notebook_id, 2, "one", "changed")


async def test_a_row_that_touches_the_wrong_number_of_rows_undoes_everything(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    under = context()
    with pytest.raises(RowRefused, match="touched 0 rows, not 1"):
        await own.note(notebook_id, "one", rows=(Row("change_line", ("no such", "x"), expect_rows=1),), under=under)
    assert len(await own.facts(notebook_id)) == 1
    assert await own.pool.fetchval("SELECT count(*) FROM lines") == 0
    assert not (await own.note(notebook_id, "one", under=under)).repeated


async def test_a_row_that_lost_the_race_makes_the_decision_run_again(own: OwnRecord) -> None:
    one, other = await own.begin(), await own.begin()
    await own.note(one, "taken")
    decisions: list[str] = []

    async def decide() -> Work:
        notebook = await own.record.load(Notebook, other)
        assert notebook is not None
        decisions.append("free" if decisions else "taken")
        notebook.note(decisions[-1], "personal")
        return Work(streams=(notebook,))

    await own.record.transact(context(), decide)
    assert decisions == ["taken", "free"]
    stored = await own.record.load(Notebook, other)
    assert stored is not None
    assert stored.lines == ("free",)


async def test_a_row_that_always_breaks_its_constraint_is_refused_without_its_values(own: OwnRecord) -> None:
    one, other = await own.begin(), await own.begin()
    await own.note(one, "+31612345678")
    own.record = PostgresRecord(own.pool, own.keys, (line_rows,), LINES_SQL, lambda: None, attempts_max=2)
    with pytest.raises(RowRefused, match="insert_line: breaks lines_line_key") as caught:
        await own.note(other, "+31612345678")
    assert "316" not in str(caught.value)
    with pytest.raises(RowRefused, match=r"change_line: DataError \$2") as caught:
        await own.note(other, "two", rows=(Row("change_line", ("two", 31612345678)),))
    assert "316" not in str(caught.value)
    with pytest.raises(RowRefused, match="no statement of that name"):
        await own.note(other, "two", rows=(Row("no_such"),))


async def test_many_rows_of_one_statement_are_all_written(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    rows = tuple(Row("insert_loose_line", (notebook_id, -number, f"loose {number}")) for number in range(50))
    await own.note(notebook_id, "one", rows=rows)
    assert await own.pool.fetchval("SELECT count(*) FROM lines") == 51
