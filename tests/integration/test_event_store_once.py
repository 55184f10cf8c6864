"""An upstream message takes its effect once: the checkpoint moves with the effect, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from contracts.stored import AlreadyDone, Once, Row, RowRefused, Work
from contracts.vocabulary import Refusal
from tests.support.notebook import context
from tests.support.own_record import OwnRecord, own_record


@pytest.fixture
async def own(database: str, keys_database: str) -> AsyncIterator[OwnRecord]:
    async with own_record(database, keys_database) as opened:
        yield opened


async def position(own: OwnRecord) -> int | None:
    found: int | None = await own.pool.fetchval("SELECT position FROM es.checkpoints WHERE name = 'channels'")
    return found


async def nothing() -> Work:
    return Work()


async def test_the_effect_and_its_checkpoint_are_stored_together(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    await own.note(notebook_id, "one", under=context(once=Once("channels", 7)))
    assert await position(own) == 7


async def test_a_message_that_was_handled_is_not_handled_again(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    await own.note(notebook_id, "one", under=context(once=Once("channels", 7)))
    for handled in (7, 6):
        with pytest.raises(AlreadyDone):
            await own.note(notebook_id, "again", under=context(once=Once("channels", handled)))
    assert len(await own.facts(notebook_id)) == 2
    assert await position(own) == 7


async def test_a_message_handled_twenty_times_at_once_takes_effect_once(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    under = context(once=Once("channels", 1))
    done = await asyncio.gather(*(own.note(notebook_id, "one", under=under) for _ in range(20)), return_exceptions=True)
    assert [isinstance(each, AlreadyDone) for each in done].count(True) == 19
    assert len(await own.facts(notebook_id)) == 2


async def test_two_commands_for_one_message_at_once_give_one_effect(own: OwnRecord) -> None:
    one, other = await own.begin(), await own.begin()
    once = Once("channels", 1)
    done = await asyncio.gather(
        own.note(one, "one", under=context(once=once)),
        own.note(other, "other", under=context(once=once)),
        return_exceptions=True,
    )
    assert [isinstance(each, AlreadyDone) for each in done].count(True) == 1
    assert len(await own.facts(one)) + len(await own.facts(other)) == 3


async def test_a_message_without_an_effect_moves_the_checkpoint_too(own: OwnRecord) -> None:
    await own.record.transact(context(once=Once("channels", 3)), nothing)
    assert await position(own) == 3


async def test_a_command_done_before_its_message_came_by_this_way_still_moves_the_checkpoint(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    under = context()
    await own.note(notebook_id, "one", under=under)
    again = await own.note(notebook_id, "one", under=context(under.command_id, once=Once("channels", 4)))
    assert again.repeated
    assert await position(own) == 4
    assert len(await own.facts(notebook_id)) == 2
    with pytest.raises(AlreadyDone):
        await own.note(notebook_id, "one", under=context(under.command_id, once=Once("channels", 4)))


async def test_a_command_done_beside_us_after_we_looked_still_moves_the_checkpoint(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    under = context(once=Once("channels", 5))
    calls = 0

    async def decide() -> Work:
        nonlocal calls
        calls += 1
        await own.note(notebook_id, "one", under=context(under.command_id))
        return Work(outcome={"line": "other"})

    committed = await own.record.transact(under, decide)
    assert (committed.repeated, committed.outcome, calls) == (True, {"line": "one"}, 1)
    assert await position(own) == 5


async def test_a_command_done_beside_us_is_answered_though_our_decision_refuses(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    under = context(once=Once("channels", 5))

    async def decide() -> Work:
        await own.note(notebook_id, "one", under=context(under.command_id))
        await own.note(notebook_id, "one", under=context())
        return Work()

    assert (await own.record.transact(under, decide)).outcome == {"line": "one"}
    assert await position(own) == 5


async def test_a_refused_effect_leaves_the_checkpoint(own: OwnRecord) -> None:
    notebook_id = await own.begin()
    await own.note(notebook_id, "one")
    with pytest.raises(Refusal):
        await own.note(notebook_id, "one", under=context(once=Once("channels", 2)))
    bad = (Row("change_line", ("none", "x"), expect_rows=1),)
    with pytest.raises(RowRefused):
        await own.note(notebook_id, "two", rows=bad, under=context(once=Once("channels", 2)))
    assert await position(own) is None
