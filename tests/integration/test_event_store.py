"""The record on a real Postgres: what one command stores, and what happens when it comes again or comes late."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import eventsourcing.domain
import pytest

from contracts.stored import IdempotencyMismatch, VersionConflict, Work
from contracts.vocabulary import Refusal
from infra.event_store import HeadBroken, NotSealable, PostgresRecord, stream_head, verify_stream
from infra.event_store.preparing import FACTS_MAX
from infra.event_store.record import PAGE_FACTS_MAX
from tests.support.notebook import IDS, NOW, Notebook, Page, context
from tests.support.own_record import OwnRecord, own_record


@pytest.fixture
async def own(database: str, keys_database: str) -> AsyncIterator[OwnRecord]:
    async with own_record(database, keys_database) as opened:
        yield opened


async def test_a_stream_is_loaded_as_it_was_stored(own: OwnRecord) -> None:
    notebook_id = await own.begin(content=Page("dear diary", {"n": [1, None]}))
    committed = await own.note(notebook_id, "one", "secret")
    notebook = await own.record.load(Notebook, notebook_id)
    assert notebook is not None
    assert (notebook.version, notebook.lines, notebook.texts) == (2, ("one",), ("secret",))
    assert notebook.content == Page("dear diary", {"n": [1, None]})
    assert notebook.modified_on == NOW
    assert committed.versions == {notebook_id: 2}
    assert committed.outcome == {"line": "one"}
    assert own.commits == 2


async def test_a_stream_nobody_began_is_none(own: OwnRecord) -> None:
    assert await own.record.load(Notebook, IDS.new()) is None


async def test_a_stream_of_another_kind_is_not_handed_out(own: OwnRecord) -> None:
    class Ledger(Notebook):
        TOPIC = "ledger"

        class Created(Notebook.Created):
            TOPIC = "ledger.created.never"

    notebook_id = await own.begin()
    with pytest.raises(TypeError, match="is a Notebook, not a Ledger"):
        await own.record.load(Ledger, notebook_id)


async def test_a_long_stream_is_read_in_pages(own: OwnRecord) -> None:
    notebook_id = await own.begin()

    async def decide() -> Work:
        notebook = await own.record.load(Notebook, notebook_id)
        assert notebook is not None
        for number in range(FACTS_MAX):
            notebook.note(f"{notebook.version} {number}")
        return Work(streams=(notebook,))

    await own.record.transact(context(), decide)
    await own.note(notebook_id, "last")
    notebook = await own.record.load(Notebook, notebook_id)
    assert notebook is not None
    assert notebook.version == FACTS_MAX + 2 > PAGE_FACTS_MAX


async def test_a_work_of_too_many_facts_is_refused(own: OwnRecord) -> None:
    notebook = Notebook.begin(IDS.new(), IDS.new())
    for number in range(FACTS_MAX):
        notebook.note(str(number))

    async def decide() -> Work:
        return Work(streams=(notebook,))

    with pytest.raises(ValueError, match="more than"):
        await own.record.transact(context(), decide)


async def test_of_twenty_racing_commands_one_wins_each_version_and_all_come_through(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    done = await asyncio.gather(*(own.note(notebook_id, f"line {n}") for n in range(20)))
    assert sorted(each.versions[notebook_id] for each in done) == list(range(2, 22))
    notebook = await own.record.load(Notebook, notebook_id)
    assert notebook is not None
    assert sorted(notebook.lines) == sorted(f"line {n}" for n in range(20))
    assert verify_stream(await own.facts(notebook_id)) == ()


async def test_commands_that_queue_up_decide_once_each(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    decisions = 0

    async def decide() -> Work:
        nonlocal decisions
        decisions += 1
        notebook = await own.record.load(Notebook, notebook_id)
        assert notebook is not None
        notebook.note(f"line {notebook.version}")
        return Work(streams=(notebook,))

    await asyncio.gather(*(own.record.transact(context(), decide, serialise_on=(notebook_id,)) for _ in range(20)))
    assert decisions == 20


async def test_of_twenty_commands_that_begin_the_same_stream_one_wins(own: OwnRecord) -> None:
    notebook_id = IDS.new()
    record = PostgresRecord(own.pool, own.keys, (), {}, lambda: None, attempts_max=1)

    async def decide() -> Work:
        return Work(streams=(Notebook.begin(notebook_id, IDS.new()),))

    done = await asyncio.gather(*(record.transact(context(), decide) for _ in range(20)), return_exceptions=True)
    lost = [each for each in done if isinstance(each, VersionConflict)]
    assert len(lost) == 19
    assert {(each.expected, each.current) for each in lost} == {(0, 1)}
    assert len(await own.facts(notebook_id)) == 1


async def test_who_still_loses_after_the_last_attempt_is_told_the_versions(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    stale = await own.record.load(Notebook, notebook_id)
    assert stale is not None
    await own.note(notebook_id, "first")
    attempts = 0

    async def decide() -> Work:
        nonlocal attempts
        attempts += 1
        again = await own.record.load(Notebook, notebook_id)
        assert again is not None
        await own.note(notebook_id, f"rival {attempts}")
        again.note("late")
        return Work(streams=(again,))

    record = PostgresRecord(own.pool, own.keys, (), {}, lambda: None, attempts_max=3)
    with pytest.raises(VersionConflict) as caught:
        await record.transact(context(), decide)
    assert attempts == 3
    assert (caught.value.stream_id, caught.value.expected, caught.value.current) == (notebook_id, 4, 5)


async def test_two_streams_are_stored_together_or_not_at_all(own: OwnRecord) -> None:
    one, other = await own.begin(), await own.begin()
    stale = await own.record.load(Notebook, other)
    await own.note(other, "rival")
    record = PostgresRecord(own.pool, own.keys, (), {}, lambda: None, attempts_max=1)

    async def decide() -> Work:
        fresh = await own.record.load(Notebook, one)
        assert fresh is not None
        assert stale is not None
        fresh.note("in both")
        stale.note("in both")
        return Work(streams=(fresh, stale))

    with pytest.raises(VersionConflict):
        await record.transact(context(), decide)
    assert len(await own.facts(one)) == 1

    async def decide_afresh() -> Work:
        both = [await own.record.load(Notebook, stream_id) for stream_id in (one, other)]
        for each in both:
            assert each is not None
            each.note("in both")
        return Work(streams=tuple(each for each in both if each is not None))

    committed = await record.transact(context(), decide_afresh)
    assert committed.versions == {one: 2, other: 3}


async def test_commands_over_the_same_two_streams_in_either_order_all_come_through(own: OwnRecord) -> None:
    pair = (await own.begin(), await own.begin())

    async def both(number: int) -> None:
        async def decide() -> Work:
            found = [await own.record.load(Notebook, stream_id) for stream_id in pair[:: 1 if number % 2 else -1]]
            for index, each in enumerate(found):
                assert each is not None
                each.note(f"{number} {index}")
            return Work(streams=tuple(each for each in found if each is not None))

        await own.record.transact(context(), decide)

    await asyncio.gather(*(both(number) for number in range(10)))
    assert [len(await own.facts(stream_id)) for stream_id in pair] == [11, 11]


async def test_a_repeated_command_gets_its_stored_answer_without_a_decision(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    under = context(digest=b"request")
    first = await own.note(notebook_id, "one", under=under)
    again = await own.note(notebook_id, "another", under=under)
    assert (again.versions, again.outcome, again.repeated) == (first.versions, first.outcome, True)
    assert len(await own.facts(notebook_id)) == 2


async def test_a_command_id_used_for_another_request_is_refused(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    under = context(digest=b"request")
    await own.note(notebook_id, "one", under=under)
    with pytest.raises(IdempotencyMismatch):
        await own.note(notebook_id, "two", under=context(under.command_id, digest=b"other"))
    assert (await own.note(notebook_id, "two", under=context(under.command_id))).repeated


async def test_the_same_command_twenty_times_at_once_takes_effect_once(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    under = context()
    done = await asyncio.gather(*(own.note(notebook_id, "one", under=under) for _ in range(20)))
    assert [each.repeated for each in done].count(False) == 1
    assert {each.versions[notebook_id] for each in done} == {2}
    assert len(await own.facts(notebook_id)) == 2


async def test_a_refusal_stores_nothing_and_is_no_answer_to_keep(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    await own.note(notebook_id, "one")
    under = context()
    with pytest.raises(Refusal):
        await own.note(notebook_id, "one", under=under)
    assert not (await own.note(notebook_id, "two", under=under)).repeated


async def test_a_work_without_facts_is_remembered_too(own: OwnRecord) -> None:
    under = context()

    async def decide() -> Work:
        return Work(outcome={"nothing": "to do"})

    assert not (await own.record.transact(under, decide)).repeated
    assert (await own.record.transact(under, decide)).outcome == {"nothing": "to do"}


async def test_a_stream_twice_in_one_work_is_an_error(own: OwnRecord) -> None:
    notebook = Notebook.begin(IDS.new(), IDS.new())

    async def decide() -> Work:
        return Work(streams=(notebook, notebook))

    with pytest.raises(ValueError, match="stands twice"):
        await own.record.transact(context(), decide)


async def test_a_cancelled_command_is_stored_whole_or_not_at_all(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    for number in range(30):
        task = asyncio.create_task(own.note(notebook_id, f"line {number}"))
        await asyncio.sleep(number * 0.0005)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    stored = len(await own.facts(notebook_id))
    assert await own.pool.fetchval("SELECT count(*) FROM lines") == stored - 1
    assert await own.pool.fetchval("SELECT count(*) FROM es.commands") == stored
    assert own.commits == stored


async def test_personal_data_without_a_key_is_not_stored(own: OwnRecord) -> None:
    record = PostgresRecord(own.pool, None, (), {}, lambda: None)

    async def decide() -> Work:
        return Work(streams=(Notebook.begin(IDS.new(), IDS.new(), Page("secret")),))

    with pytest.raises(NotSealable, match="service has no keys"):
        await record.transact(context(), decide)
    assert await own.pool.fetchval("SELECT count(*) FROM es.events") == 0


async def test_a_stream_whose_head_was_rewritten_takes_no_more_facts(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    await own.pool.execute("UPDATE es.streams SET head_hash = $2 WHERE stream_id = $1", notebook_id, bytes(32))
    with pytest.raises(HeadBroken):
        await own.note(notebook_id, "one")
    assert len(await own.facts(notebook_id)) == 1


async def test_the_librarys_own_time_and_ids_are_never_used(own: OwnRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a default of the library was used")

    monkeypatch.setattr(eventsourcing.domain, "datetime_now_with_tzinfo", never)
    monkeypatch.setattr(eventsourcing.domain, "uuid4", never)
    monkeypatch.setattr(eventsourcing.domain.CanCreateTimestamp, "create_timestamp", staticmethod(never))
    notebook_id = await own.begin(content=Page("secret"))
    await own.note(notebook_id, "one", "text")
    assert await own.record.load(Notebook, notebook_id) is not None


async def test_the_head_of_a_stream_is_the_hash_of_its_last_fact(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    await own.note(notebook_id, "one")
    facts = await own.facts(notebook_id)
    assert await stream_head(own.pool, notebook_id) == (2, facts[-1].hash)
    assert facts[1].previous_hash == facts[0].hash
    assert await stream_head(own.pool, IDS.new()) is None
