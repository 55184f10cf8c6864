"""The record on Postgres and the one in memory keep the same promises, whatever is done in whatever order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.stored import AlreadyDone, CommandContext, IdempotencyMismatch, Once, Record, Work
from contracts.vocabulary import Refusal
from infra.event_store import stream_head, stream_history, verify_stream
from infra.event_store.concern import Concern
from tests.support.memory_record import MemoryRecord
from tests.support.notebook import IDS, Notebook, Page, context
from tests.support.own_record import OwnRecord, own_record


@pytest.fixture
async def own(database: str, keys_database: str) -> AsyncIterator[OwnRecord]:
    async with own_record(database, keys_database) as opened:
        yield opened


@dataclass(frozen=True)
class Step:
    """One command: notes `line` in the named notebooks (begun where they are not), under a command id of few."""

    notebooks: tuple[int, ...]
    line: str
    sealed: bool
    command: int
    digest: bytes | None
    position: int | None


STEPS = st.builds(
    Step,
    notebooks=st.lists(st.integers(0, 2), unique=True, max_size=2).map(tuple),
    line=st.sampled_from("abcdef"),
    sealed=st.booleans(),
    command=st.integers(0, 12),
    digest=st.sampled_from([None, b"x", b"y"]),
    position=st.none() | st.integers(1, 6),
)


async def carried_out(record: Record, step: Step, world: UUID) -> Any:
    """What became of a step, in a form to compare."""
    origin = str(world)
    under: CommandContext = context(
        uuid5(world, f"command {step.command}"),
        digest=step.digest,
        once=None if step.position is None else Once(origin, step.position),
    )

    async def decide() -> Work:
        streams = []
        for number in step.notebooks:
            notebook_id = uuid5(world, f"notebook {number}")
            notebook = await record.load(Notebook, notebook_id)
            if notebook is None:
                notebook = Notebook.begin(notebook_id, notebook_id, Page("secret") if step.sealed else None)
            notebook.note(step.line, "secret" if step.sealed else None)
            streams.append(notebook)
        return Work(streams=tuple(streams), outcome={"line": step.line})

    try:
        committed = await record.transact(under, decide)
    except (AlreadyDone, IdempotencyMismatch, Refusal) as error:
        return type(error)
    return committed.versions, committed.outcome, committed.repeated


@given(steps=st.lists(STEPS, max_size=15))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
async def test_both_records_answer_every_command_alike(own: OwnRecord, steps: list[Step]) -> None:
    own.record._preparation._concern = Concern(())
    memory, world = MemoryRecord(), IDS.new()
    for step in steps:
        assert await carried_out(own.record, step, world) == await carried_out(memory, step, world)
    for number in range(3):
        notebook_id = uuid5(world, f"notebook {number}")
        stored = await own.record.load(Notebook, notebook_id)
        assert stored == await memory.load(Notebook, notebook_id)
        if stored is not None:
            head = await stream_head(own.pool, notebook_id)
            assert head is not None
            assert verify_stream(await stream_history(own.pool, notebook_id, 0, 100), head=head[1]) == ()
