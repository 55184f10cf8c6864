"""A busy stream is loaded from where it was last seen, and nobody can tell but by the time it takes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.stored import Fact, Work
from infra.event_store import PostgresRecord
from infra.event_store.snapshots import FACTS_MIN
from tests.support.notebook import IDS, NOW, Notebook, context, line_rows
from tests.support.own_record import OwnRecord, own_record


class Struck(Fact):
    """Somebody struck lines out."""

    TOPIC = "notebook.struck.v1"
    withheld: tuple[int, ...]

    def apply(self, aggregate: Notebook) -> None:
        """Nothing: what was struck out is not in the facts before any more."""


@pytest.fixture
async def own(database: str, keys_database: str) -> AsyncIterator[OwnRecord]:
    async with own_record(database, keys_database) as opened:
        yield opened


async def write(own: OwnRecord, notebook_id: UUID, lines: int) -> None:
    async def decide() -> Work:
        notebook = await loaded(own.record, notebook_id)
        for _ in range(lines):
            notebook.note(f"{notebook_id} {notebook.version}", f"text {notebook.version}")
        return Work(streams=(notebook,))

    await own.record.transact(context(), decide)


async def loaded(record: PostgresRecord, notebook_id: UUID) -> Notebook:
    notebook = await record.load(Notebook, notebook_id)
    assert notebook is not None
    return notebook


async def loaded_again(own: OwnRecord, notebook_id: UUID) -> Notebook:
    """So that there is a snapshot."""
    await loaded(own.record, notebook_id)
    return await loaded(own.record, notebook_id)


def fresh(own: OwnRecord) -> PostgresRecord:
    return PostgresRecord(own.pool, own.keys, (line_rows,), {}, lambda: None)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.integers(1, FACTS_MIN + 10), min_size=1, max_size=6))
async def test_a_load_with_a_snapshot_is_a_load_without_one(own: OwnRecord, parts: list[int]) -> None:
    notebook_id = await own.begin()
    for lines in parts:
        await write(own, notebook_id, lines)
        found = await loaded_again(own, notebook_id)
        assert found.__dict__ == (await loaded(fresh(own), notebook_id)).__dict__
        # What somebody does with theirs is not in anybody else's.
        found.note("never stored")


async def test_facts_in_a_snapshot_are_not_read_again(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    await write(own, notebook_id, FACTS_MIN)
    await loaded_again(own, notebook_id)
    await own.pool.execute("UPDATE es.events SET topic = 'unreadable.v1' WHERE version < 10")
    await write(own, notebook_id, 1)
    assert (await loaded(own.record, notebook_id)).version == FACTS_MIN + 2


async def test_a_short_stream_has_no_snapshot(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    await write(own, notebook_id, FACTS_MIN - 2)
    await loaded_again(own, notebook_id)
    await own.pool.execute("DELETE FROM es.events")
    assert await own.record.load(Notebook, notebook_id) is None


async def test_what_was_destroyed_here_is_in_no_snapshot(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    await write(own, notebook_id, FACTS_MIN)
    assert (await loaded_again(own, notebook_id)).texts[0] == "text 1"
    await own.keys.destroy_subject(notebook_id, NOW)
    assert set((await loaded(own.record, notebook_id)).texts) == {None}


async def test_what_was_withheld_since_is_in_no_snapshot(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    await write(own, notebook_id, FACTS_MIN)
    assert (await loaded_again(own, notebook_id)).texts[0] == "text 1"

    async def strike() -> Work:
        notebook = await loaded(own.record, notebook_id)
        notebook.trigger_event(Struck, timestamp=NOW, withheld=(2,))
        return Work(streams=(notebook,))

    await own.record.transact(context(), strike)
    await own.pool.execute("UPDATE es.events SET sealed = '\\x00000000' WHERE version = 2")
    assert (await loaded(own.record, notebook_id)).texts[:2] == (None, "text 2")


async def test_a_snapshot_of_another_kind_is_no_way_around_the_check(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    await write(own, notebook_id, FACTS_MIN)
    await loaded_again(own, notebook_id)

    class Diary(Notebook):
        TOPIC = f"diary-{IDS.new()}"

        class Created(Notebook.Created):
            TOPIC = f"diary.created.never-{IDS.new()}"

    with pytest.raises(TypeError, match="is a Notebook, not a"):
        await own.record.load(Diary, notebook_id)
