"""Whoever was erased and whatever was redacted: every hash and proof verifies, and nothing else may be missing."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from infra.checkpointer import Checkpointer
from infra.event_store import stream_history, verify_log
from infra.event_store.stored_form import NO_SEALS
from infra.event_store.verification import verify_stream
from infra.log_tree import LogTree
from infra.merkle import leaf_hash, verify_consistency, verify_inclusion
from infra.withholding import accounted_for
from tests.support.case_history import KINDS, CaseHistory, case_history, emptied

STEPS = st.tuples(st.sampled_from((*KINDS, "redact", "redact", "erase")), st.integers(0, 40))
ZEROED = "UPDATE es.events SET sealed = '\\x00000000' WHERE stream_id = $1 AND version = $2"


@pytest.fixture
async def history(database: str, keys_database: str) -> AsyncIterator[CaseHistory]:
    async with case_history(database, keys_database) as opened:
        yield opened


async def fresh(history: CaseHistory) -> CaseHistory:
    await history.pool.execute("TRUNCATE es.log_nodes, es.signed_checkpoints")
    return await emptied(history)


@given(before=st.lists(STEPS, max_size=12), after=st.lists(STEPS, min_size=3, max_size=15), data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
async def test_every_proof_verifies_whatever_was_forgotten(
    history: CaseHistory, before: list[tuple[str, int]], after: list[tuple[str, int]], data: st.DataObject
) -> None:
    own = await fresh(history)
    checkpointer, tree = Checkpointer(own.pool, "case", bytes(32)), LogTree(own.pool)
    for kind, number in [("write", 1), ("write", 2), *before]:
        await own.step(kind, number)
    await own.sequence()
    old = await checkpointer.sign_now()
    for kind, number in [*after, ("write", 3), ("redact", 0)]:
        await own.step(kind, number)
    await own.sequence()
    new = await checkpointer.sign_now()

    report = await verify_log(own.pool)
    assert report.sound, report.findings
    assert old is not None
    assert new is not None
    path = await tree.consistency_path(old.size, new.size)
    assert verify_consistency(old.size, new.size, path, old.root, new.root)
    position = data.draw(st.integers(1, old.size))
    hash_ = await own.pool.fetchval(
        "SELECT hash FROM es.log JOIN es.events USING (stream_id, version) WHERE position = $1", position
    )
    for checkpoint in (old, new):
        path = await tree.inclusion_path(position - 1, checkpoint.size)
        assert verify_inclusion(leaf_hash(hash_), position - 1, checkpoint.size, path, checkpoint.root)
    for stream in await own.pool.fetch("SELECT stream_id, head_hash FROM es.streams"):
        facts = await stream_history(own.pool, stream["stream_id"], 0, 1_000)
        withheld = verify_stream(facts, head=stream["head_hash"])
        named = accounted_for((fact.version, fact.clear) for fact in facts)
        assert set(withheld) <= named
        assert all(fact.version in withheld or fact.seals == NO_SEALS for fact in facts if fact.version in named)


@given(steps=st.lists(STEPS, max_size=10), number=st.integers(0, 100))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
async def test_an_envelope_that_no_fact_accounts_for_is_named(
    history: CaseHistory, steps: list[tuple[str, int]], number: int
) -> None:
    own = await fresh(history)
    for kind, each in [("write", 1), ("write", 2), ("note", 1), ("redact", number), *steps]:
        await own.step(kind, each)
    await own.sequence()
    kept = await own.pool.fetch(
        "SELECT stream_id, version FROM es.events WHERE sealed IS NOT NULL AND length(sealed) > 4 ORDER BY 1, 2"
    )
    assume(kept)
    stream_id, version = kept[number % len(kept)]
    await own.pool.execute(ZEROED, stream_id, version)
    report = await verify_log(own.pool)
    assert [(each.place, each.stream_id, each.version) for each in report.findings] == [
        ("es.events.sealed", stream_id, version)
    ]
    assert "no fact says so" in report.findings[0].detail
