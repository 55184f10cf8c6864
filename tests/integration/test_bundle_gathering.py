"""What goes into a bundle, out of a real database: all facts at their places, and texts while there are keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from infra.bundle import Body, BundledCase, bundle_of, canonical
from infra.bundle_check import BundleAltered, verify_bundle
from infra.checkpointer import Checkpointer
from infra.clock import SystemClock
from services.console import case_bundle
from services.console.case_bundle import Source, gather
from services.console.failure import CommandFailed
from tests.support.notebook import NOW, Page
from tests.support.own_record import KEK, OwnRecord, own_record


@pytest.fixture
async def own(database: str, keys_database: str) -> AsyncIterator[OwnRecord]:
    async with own_record(database, keys_database) as opened:
        await opened.pool.execute("CREATE TABLE agents (agent_id uuid PRIMARY KEY, ref text NOT NULL)")
        yield opened


async def gathered(own: OwnRecord, stream_id: UUID, *, purpose: str | None = None) -> Body:
    source = Source(own.pool, Checkpointer(own.pool, "case", KEK), own.keys)
    return await gather(source, BundledCase(stream_id, "1"), purpose=purpose, at=SystemClock().now())


def checked(body: Body) -> str:
    """Where it is not right; a notebook has no case's number, and all else comes before that."""
    try:
        verify_bundle(canonical(bundle_of(body)) + b"\n")
    except BundleAltered as error:
        return error.place
    return ""


async def test_texts_are_opened_for_a_purpose_and_as_long_as_their_key_is_there(own: OwnRecord) -> None:
    notebook_id = await own.begin(content=Page("first"))
    await own.note(notebook_id, "clear", "second")
    await own.note(notebook_id, "nothing sealed here")
    await own.sequence()
    assert (await gathered(own, notebook_id)).readable is None
    readable = (await gathered(own, notebook_id, purpose="audit")).readable
    assert readable is not None
    assert readable.purpose == "audit"
    assert [(each.version, "first" in each.text, "second" in each.text) for each in readable.texts] == [
        (1, True, False),
        (2, False, True),
    ]
    await own.keys.destroy_subject(notebook_id, NOW)
    body = await gathered(own, notebook_id, purpose="audit")
    assert body.readable is not None
    assert body.readable.texts == ()
    assert [fact.version for fact in body.facts] == [1, 2, 3]
    assert checked(body) == "case"
    await own.keys._pool.execute("DELETE FROM keys.contents")
    with pytest.raises(CommandFailed, match=f"stream {notebook_id} version 1: the key of what topic notebook.begun.v1"):
        await gathered(own, notebook_id, purpose="audit")
    assert (await gathered(own, notebook_id)).readable is None


async def test_a_long_history_between_others_is_gathered_whole(own: OwnRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook_id, other_id = await own.begin(), await own.begin()
    for line in range(12):
        await own.note(notebook_id, str(line))
        await own.note(other_id, f"other {line}")
    await own.sequence()
    monkeypatch.setattr(case_bundle, "LIMIT_MAX", 4)
    body = await gathered(own, notebook_id)
    assert [fact.version for fact in body.facts] == list(range(1, 14))
    assert checked(body) == "case"
    monkeypatch.setattr(case_bundle, "FACTS_MAX", 12)
    with pytest.raises(CommandFailed, match="more than 12 facts"):
        await gathered(own, notebook_id)


async def test_a_fact_just_recorded_is_waited_for_until_it_has_its_position(
    own: OwnRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook_id = await own.begin()
    await own.sequence()
    await own.note(notebook_id, "just now")
    waiting = asyncio.create_task(gathered(own, notebook_id))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await own.sequence()
    assert [fact.position for fact in (await waiting).facts] == [1, 2]

    await own.note(notebook_id, "and nobody sequences")
    monkeypatch.setattr(case_bundle, "POSITION_WAIT_S_MAX", 0.2)
    with pytest.raises(CommandFailed, match="fact 3 has no position"):
        await gathered(own, notebook_id)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE es.events SET clear = clear || '\\x20' WHERE version = 2",
        "UPDATE es.events SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) WHERE version = 2",
        "DELETE FROM es.events WHERE version = 1",
    ],
)
async def test_facts_that_are_not_what_was_written_are_not_gathered(own: OwnRecord, change: str) -> None:
    notebook_id = await own.begin()
    await own.note(notebook_id, "clear", "sealed")
    await own.sequence()
    await own.pool.execute(change)
    with pytest.raises(CommandFailed, match="not as it was recorded"):
        await gathered(own, notebook_id, purpose="audit")


async def test_a_log_that_is_not_what_was_written_gives_no_bundle_that_is_right(
    own: OwnRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook_id = await own.begin()
    await own.note(notebook_id, "clear")
    await own.sequence()
    await own.pool.execute("UPDATE es.log SET leaf = sha256(leaf) WHERE position = 1")
    assert checked(await gathered(own, notebook_id)).startswith("fact 1")
    await own.pool.execute("DELETE FROM es.log WHERE position = 1")
    monkeypatch.setattr(case_bundle, "POSITION_WAIT_S_MAX", 0.2)
    with pytest.raises(CommandFailed, match="has no position"):
        await gathered(own, notebook_id)
