"""Commands that are stored together stand and fall alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from contracts.stored import AlreadyDone, CommandContext, Committed, Once, Row, RowRefused, VersionConflict, Work
from infra.event_store import FactUnreadable, HeadBroken, verify_stream
from infra.event_store.append import Prepared
from infra.event_store.heads import Heads
from infra.event_store.lanes import Lanes, Stored
from infra.event_store.preparing import Preparation
from infra.sealing import KeyRing
from tests.support.notebook import IDS, LINES_SQL, Notebook, context, line_rows
from tests.support.own_record import KEK, OwnRecord, own_record


@pytest.fixture
async def own(database: str, keys_database: str) -> AsyncIterator[OwnRecord]:
    async with own_record(database, keys_database) as opened:
        yield opened


async def noted(
    own: OwnRecord,
    *stream_ids: UUID,
    under: CommandContext | None = None,
    new: UUID | None = None,
    rows: tuple[Row, ...] = (),
) -> Prepared:
    """A command that notes one line in each of some notebooks, and begins another, ready to be stored."""
    notebooks = []
    for stream_id in stream_ids:
        notebook = await own.record.load(Notebook, stream_id)
        assert notebook is not None
        notebook.note(f"line of {IDS.new()}")
        notebooks.append(notebook)
    if new is not None:
        notebooks.append(Notebook.begin(new, new))
    preparation = Preparation(own.keys, Heads(own.pool), (line_rows,))
    prepared = Prepared(under or context(), Work(streams=tuple(notebooks), rows=rows), None)
    await preparation.look_up(prepared)
    preparation.prepare((prepared,))
    return prepared


async def stored(own: OwnRecord, *batch: Prepared) -> list[Stored]:
    return await Lanes(own.pool, Heads(own.pool), LINES_SQL, own._count).store(batch)


async def lengths(own: OwnRecord, *stream_ids: UUID) -> list[int]:
    found = [await own.facts(stream_id) for stream_id in stream_ids]
    for facts in found:
        assert verify_stream(facts) == ()
    return [len(facts) for facts in found]


async def test_of_a_batch_only_who_lost_a_race_is_told_so(own: OwnRecord) -> None:
    one, other, third = await own.begin(), await own.begin(), await own.begin()
    new = IDS.new()
    batch = [await noted(own, one), await noted(own, other, third, new=new), await noted(own, new=IDS.new())]
    await own.note(third, "rival")
    first, lost, last = await stored(own, *batch)
    assert isinstance(first, Committed)
    assert isinstance(last, Committed)
    assert isinstance(lost, VersionConflict)
    assert (lost.stream_id, lost.expected, lost.current) == (third, 1, 2)
    assert await lengths(own, one, other, third, new) == [2, 1, 2, 0]
    assert await own.pool.fetchval("SELECT count(*) FROM es.streams WHERE stream_id = $1", new) == 0
    assert await own.pool.fetchval("SELECT count(*) FROM lines WHERE notebook_id = $1", other) == 0
    # Nothing of it stands in the way of doing it again.
    assert isinstance((await stored(own, await noted(own, other, third, new=new)))[0], Committed)
    assert await lengths(own, other, third, new) == [2, 3, 1]


async def test_of_a_batch_who_was_carried_out_before_gets_the_stored_answer(own: OwnRecord) -> None:
    one, other, new = await own.begin(), await own.begin(), IDS.new()
    known, beginning = await noted(own, one), await noted(own, new=new)
    again = [await noted(own, one, under=known.context), await noted(own, other, under=beginning.context)]
    await stored(own, known, beginning)
    fresh = await noted(own, other)
    answers = await stored(own, *again[:1], fresh)
    assert answers == [Committed({one: 2}, {}, repeated=True), Committed({other: 2}, {}, repeated=False)]
    assert await stored(own, again[1]) == [Committed({new: 1}, {}, repeated=True)]
    assert await stored(own, known) == [Committed({one: 2}, {}, repeated=True)]
    assert await lengths(own, one, other, new) == [2, 2, 1]


async def test_a_command_known_before_leaves_streams_it_could_have_written_as_they_were(own: OwnRecord) -> None:
    one, new = await own.begin(), IDS.new()
    under = context()
    await own.record.transact(under, _nothing)
    repeated, fresh = await stored(own, await noted(own, one, under=under, new=new), await noted(own, new=IDS.new()))
    assert isinstance(repeated, Committed)
    assert repeated.repeated
    assert isinstance(fresh, Committed)
    assert await lengths(own, one, new) == [1, 0]
    await own.note(one, "goes on")


async def test_of_a_batch_only_who_handled_its_message_before_is_done(own: OwnRecord) -> None:
    one, other = await own.begin(), await own.begin()
    await own.record.transact(context(once=Once("channels", 7)), _nothing)
    late = await noted(own, one, under=context(once=Once("channels", 7)))
    fresh = await noted(own, other, under=context(once=Once("routing", 1)))
    answers = await stored(own, late, fresh)
    assert isinstance(answers[0], AlreadyDone)
    assert isinstance(answers[1], Committed)
    assert await lengths(own, one, other) == [1, 2]
    rows = await own.pool.fetch("SELECT name, position FROM es.checkpoints ORDER BY name")
    assert [tuple(row) for row in rows] == [("channels", 7), ("routing", 1)]


async def test_a_message_whose_work_lost_a_race_stays_to_be_handled(own: OwnRecord) -> None:
    one = await own.begin()
    losing = await noted(own, one, under=context(once=Once("channels", 1)))
    await own.note(one, "rival")
    answers = await stored(own, losing, await noted(own, new=IDS.new(), under=context(once=Once("routing", 1))))
    assert [type(answer) for answer in answers] == [VersionConflict, Committed]
    assert await own.pool.fetchval("SELECT count(*) FROM es.checkpoints WHERE name = 'channels'") == 0


async def test_a_row_that_fails_fails_its_own_command_only(own: OwnRecord) -> None:
    one, other, third = await own.begin(), await own.begin(), await own.begin()
    bad = Row("change_line", ("nobody's line", "x"), expect_rows=1)
    batch = [await noted(own, one), await noted(own, other, rows=(bad,)), await noted(own, third)]
    answers = await stored(own, *batch)
    assert [type(answer) for answer in answers] == [Committed, RowRefused, Committed]
    assert await lengths(own, one, other, third) == [2, 1, 2]
    assert await own.pool.fetchval("SELECT count(*) FROM lines") == 2


async def test_of_a_batch_only_the_stream_that_was_written_past_is_broken(own: OwnRecord) -> None:
    one, other = await own.begin(), await own.begin()
    batch = [await noted(own, one), await noted(own, other)]
    await own.pool.execute("UPDATE es.streams SET head_hash = $2 WHERE stream_id = $1", one, bytes(32))
    assert [type(answer) for answer in await stored(own, *batch)] == [HeadBroken, Committed]


async def test_many_commands_at_once_share_their_transactions(own: OwnRecord) -> None:
    notebooks = [await own.begin() for _ in range(60)]
    await asyncio.gather(*(own.note(notebook_id, f"line of {notebook_id}") for notebook_id in notebooks))
    transactions = await own.pool.fetchval("SELECT count(DISTINCT tx) FROM es.events WHERE version = 2")
    assert transactions <= 20
    assert await lengths(own, *notebooks) == [2] * 60
    assert await own.pool.fetchval("SELECT count(*) FROM lines") == 60


async def _nothing() -> Work:
    return Work()


async def test_who_wants_a_head_and_a_key_that_are_not_at_hand_fetches_them_and_comes_again(own: OwnRecord) -> None:
    known, unknown = await own.begin(), await own.begin()
    stranger = OwnRecord(own.pool, own.keys_pool, KeyRing(own.keys_pool, KEK))
    loaded = await own.record.load(Notebook, unknown)
    assert loaded is not None
    loaded.note("from elsewhere", "sealed")
    await stranger.note(known, "now at hand", "sealed")
    elsewhere = stranger.record.transact(context(), lambda: _of(loaded))
    here = stranger.note(known, "at hand", "sealed")
    unreadable = stranger.note(await own.begin(), "never", sure="perhaps")
    answers = await asyncio.gather(elsewhere, here, unreadable, return_exceptions=True)
    assert [type(each) for each in answers] == [Committed, Committed, FactUnreadable]
    assert await lengths(own, known, unknown) == [3, 2]


async def _of(notebook: Notebook) -> Work:
    return Work(streams=(notebook,))
