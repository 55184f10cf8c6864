"""The log and the history of a stream: what relays pass on and auditors read, before and after keys are destroyed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from infra.event_store import ChainBroken, UnknownTopic, stream_head, verify_stream
from infra.sealing import SealBroken, SubjectDestroyed
from tests.support.notebook import ANNA, NOW, Begun, Notebook, Noted, Page, context
from tests.support.own_record import OwnRecord, own_record


@pytest.fixture
async def own(database: str, keys_database: str) -> AsyncIterator[OwnRecord]:
    async with own_record(database, keys_database) as opened:
        yield opened


async def test_the_log_gives_facts_in_order_by_pages(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    for line in ("one", "two"):
        await own.note(notebook_id, line)
    assert await own.log.last_position() == 0
    assert await own.log.read(0, 10) == []
    await own.sequence()
    assert await own.log.last_position() == 3
    first, second = await own.log.read(0, 2)
    assert [first.position, second.position] == [1, 2]
    assert isinstance(first.fact, Begun)
    assert isinstance(second.fact, Noted)
    assert [each.position for each in await own.log.read(2, 10_000)] == [3]
    assert await own.log.position_of(notebook_id, 3) == 3
    assert await own.log.position_of(notebook_id, 4) is None


async def test_what_the_store_knows_of_a_fact_comes_with_it(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    under = replace(context(), causation_id=notebook_id, on_behalf_of=ANNA)
    await own.note(notebook_id, "one", under=under)
    await own.sequence()
    meta = (await own.log.read(1, 1))[0].meta
    assert (meta.stream_id, meta.version, meta.topic, meta.recorded_at) == (notebook_id, 2, "notebook.noted.v1", NOW)
    assert (meta.actor, meta.on_behalf_of) == (ANNA, ANNA)
    assert (meta.correlation_id, meta.causation_id) == (under.correlation_id, notebook_id)


async def test_an_envelope_is_passed_on_unopened_and_opens_elsewhere(own: OwnRecord) -> None:
    notebook_id = await own.begin(content=Page("dear diary"))
    await own.note(notebook_id, "nothing sealed")
    await own.sequence()
    logged, plain = await own.log.read(0, 10)
    assert isinstance(logged.fact, Begun)
    assert logged.fact.content is None
    assert logged.sealed is not None
    assert await own.keys.open(logged.sealed, notebook_id, 1) == b'{"content":{"text":"dear diary","fields":{}}}'
    assert plain.sealed is None
    with pytest.raises(SealBroken):
        await own.keys.open(logged.sealed, notebook_id, 2)


async def test_no_personal_word_lies_in_the_store_in_clear(own: OwnRecord) -> None:
    notebook_id = await own.begin(content=Page("Amsterdam"))
    await own.note(notebook_id, "one", "Amsterdam")
    dump = await own.pool.fetchval(
        "SELECT string_agg(e::text, ' ') || (SELECT string_agg(c::text, ' ') FROM es.commands c) FROM es.events e"
    )
    assert b"Amsterdam".hex() not in dump
    assert b"one".hex() in dump


async def test_after_its_key_is_destroyed_a_stream_loads_without_its_sealed_fields(own: OwnRecord) -> None:
    notebook_id = await own.begin(content=Page("dear diary"))
    await own.note(notebook_id, "one", "secret")
    await own.sequence()
    sealed = (await own.log.read(0, 1))[0].sealed
    assert sealed is not None
    assert await own.keys.destroy_subject(notebook_id, NOW) == (sealed.key_id,)
    notebook = await own.record.load(Notebook, notebook_id)
    assert notebook is not None
    assert (notebook.content, notebook.lines, notebook.texts) == (None, ("one",), (None,))
    assert await own.keys.open(sealed, notebook_id, 1) is None
    assert verify_stream(await own.facts(notebook_id)) == ()
    with pytest.raises(SubjectDestroyed):
        await own.note(notebook_id, "two", "more")
    await own.note(notebook_id, "three")


async def test_the_history_says_what_was_withheld_and_gets_positions_later(own: OwnRecord) -> None:
    notebook_id = await own.begin(content=Page("dear diary"))
    await own.note(notebook_id, "nothing sealed")
    await own.note(notebook_id, "withheld", "secret")
    await own.pool.execute("UPDATE es.events SET sealed = NULL WHERE version = 3")
    facts = await own.facts(notebook_id)
    assert verify_stream(facts) == (3,)
    assert [fact.position for fact in facts] == [None, None, None]
    await own.sequence()
    assert [fact.position for fact in await own.facts(notebook_id)] == [1, 2, 3]


CHANGES = (
    'UPDATE es.events SET clear = \'{"line":"other"}\' WHERE version = 2',
    "UPDATE es.events SET topic = 'notebook.noted.v2' WHERE version = 2",
    "UPDATE es.events SET recorded_at = recorded_at + interval '1 microsecond' WHERE version = 2",
    "UPDATE es.events SET meta = '{}' WHERE version = 2",
    "UPDATE es.events SET seals = '[]' WHERE version = 2",
    "UPDATE es.events SET sealed = substr(sealed, 1, length(sealed) - 1) || '\\x00'::bytea WHERE version = 2",
    "UPDATE es.events SET event_id = stream_id WHERE version = 2",
    "UPDATE es.events SET hash = sha256(hash) WHERE version = 2",
    "DELETE FROM es.events WHERE version = 2",
    "DELETE FROM es.events WHERE version = 3",
)


@pytest.mark.parametrize("change", CHANGES)
async def test_whoever_changes_a_stored_fact_is_found_out(own: OwnRecord, change: str) -> None:
    notebook_id = await own.begin()
    for line in ("one", "two"):
        await own.note(notebook_id, line, "secret")
    head = await stream_head(own.pool, notebook_id)
    assert head is not None
    assert verify_stream(await own.facts(notebook_id), head=head[1]) == ()
    assert (await own.pool.execute(change)).endswith(" 1")
    with pytest.raises(ChainBroken):
        verify_stream(await own.facts(notebook_id), head=head[1])


async def test_a_topic_unknown_here_names_its_place(own: OwnRecord) -> None:
    notebook_id, other_id = await own.begin(), await own.begin()
    for topic, said in (("notebook.begun.v9", "is newer"), ("notebook.burnt.v1", ""), ("os:system", ""), ("json", "")):
        await own.pool.execute("UPDATE es.events SET topic = $1 WHERE stream_id = $2", topic, notebook_id)
        with pytest.raises(UnknownTopic, match=f"{notebook_id} version 1: .*topic {topic}.*{said}"):
            await own.record.load(Notebook, notebook_id)
        assert await own.record.load(Notebook, other_id) is not None


async def test_an_envelope_swapped_between_facts_does_not_open(own: OwnRecord) -> None:
    notebook_id = await own.begin(content=Page("one"))
    await own.note(notebook_id, "two", "two")
    await own.pool.execute("UPDATE es.events e SET sealed = o.sealed FROM es.events o WHERE o.version <> e.version")
    with pytest.raises(SealBroken):
        await own.record.load(Notebook, notebook_id)
