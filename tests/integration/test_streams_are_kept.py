"""What a command left in memory serves the next one, and nobody whom storing would not tell that it is out of date."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from contracts.stored import Committed, Work
from contracts.vocabulary import Refusal, RefusalCode
from infra.event_store import PostgresRecord
from tests.support.notebook import IDS, LINES_SQL, NOW, Notebook, context, line_rows
from tests.support.own_record import OwnRecord, own_record


@pytest.fixture
async def own(database: str, keys_database: str) -> AsyncIterator[OwnRecord]:
    async with own_record(database, keys_database) as opened:
        yield opened


class Desk:
    """Notes lines in one notebook of at most three, and counts how often it decided by which version."""

    def __init__(self, own: OwnRecord) -> None:
        self.record = PostgresRecord(own.pool, own.keys, (line_rows,), LINES_SQL, lambda: None)
        self.by: list[int] = []
        self.last: Notebook | None = None

    async def note(self, notebook_id: UUID, line: str) -> Committed:
        async def decide() -> Work:
            self.last = notebook = await self.record.load(Notebook, notebook_id)
            assert notebook is not None
            self.by.append(notebook.version)
            if len(notebook.lines) == 3:
                raise Refusal(RefusalCode.INVALID_INPUT, "full", "line")
            if line in notebook.lines:
                return Work(streams=(notebook,), outcome={"lines": list(notebook.lines)})
            notebook.note(line, f"secret {line}")
            return Work(streams=(notebook,))

        return await self.record.transact(context(), decide, serialise_on=(notebook_id,))


async def test_the_next_command_of_this_process_loads_nothing(own: OwnRecord) -> None:
    notebook_id, here = await own.begin(), Desk(own)
    await here.note(notebook_id, "one")
    kept = here.last
    await here.note(notebook_id, "two")
    assert here.last is kept
    assert kept is not None
    assert kept.texts == ("secret one", "secret two")
    assert await here.record.load(Notebook, notebook_id) is not kept


async def test_a_stream_is_kept_from_its_beginning(own: OwnRecord) -> None:
    notebook_id, here = IDS.new(), Desk(own)
    begun = Notebook.begin(notebook_id, notebook_id)

    async def begin() -> Work:
        return Work(streams=(begun,))

    await here.record.transact(context(), begin)
    await here.note(notebook_id, "one")
    assert here.last is begun
    assert [fact.version for fact in await own.facts(notebook_id)] == [1, 2]


async def test_what_another_process_wrote_is_found_out_by_storing(own: OwnRecord) -> None:
    notebook_id, here, there = await own.begin(), Desk(own), Desk(own)
    await here.note(notebook_id, "one")
    await there.note(notebook_id, "two")
    await here.note(notebook_id, "three")
    assert here.by == [1, 2, 3]  # by what was kept, then by what there is
    assert here.last is not None
    assert here.last.lines == ("one", "two", "three")


async def test_what_is_refused_or_changes_nothing_is_decided_by_what_there_is(own: OwnRecord) -> None:
    notebook_id, here, there = await own.begin(), Desk(own), Desk(own)
    await here.note(notebook_id, "one")
    await there.note(notebook_id, "two")
    assert (await here.note(notebook_id, "one")).outcome == {"lines": ["one", "two"]}
    await there.note(notebook_id, "three")
    with pytest.raises(Refusal, match="full"):
        await here.note(notebook_id, "four")
    assert here.by[-1] == 4


async def test_nothing_is_kept_over_the_end_of_a_key_nor_of_an_answer_that_was_there_before(own: OwnRecord) -> None:
    notebook_id, here = await own.begin(), Desk(own)
    await here.note(notebook_id, "one")
    first = here.last
    await own.keys.destroy_subject(IDS.new(), NOW)
    await here.note(notebook_id, "two")
    assert here.last is not first
    again = context()
    await own.note(notebook_id, "three", under=again, serialised=True)
    done = await own.note(notebook_id, "four", under=again, serialised=True)
    assert done.repeated
    loaded = await own.record.load(Notebook, notebook_id)
    assert loaded is not None
    assert loaded.lines == ("one", "two", "three")
    assert (await own.note(notebook_id, "five", serialised=True)).versions == {notebook_id: 5}
