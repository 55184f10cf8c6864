"""Whatever happened, and whoever was forgotten: tables made anew from the log are the live ones, byte for byte."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.case.workers.rebuilding import case_rebuild
from tests.support.case_history import KINDS, CaseHistory, case_history, emptied

STEPS = st.tuples(st.sampled_from(KINDS), st.integers(0, 40))


@pytest.fixture
async def history(database: str, keys_database: str) -> AsyncIterator[CaseHistory]:
    async with case_history(database, keys_database) as opened:
        yield opened


@given(steps=st.lists(STEPS, min_size=5, max_size=40))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
async def test_a_rebuilt_table_is_the_live_one(history: CaseHistory, steps: list[tuple[str, int]]) -> None:
    own = await emptied(history)
    for kind, number in [("write", 1), ("write", 2), *steps]:
        await own.step(kind, number)

    assert (await case_rebuild(own.pool, own.keys).run(swap=False)).differences == ()


@given(before=st.lists(STEPS, max_size=20), forgotten=st.integers(0, 9), after=st.lists(STEPS, max_size=15))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
async def test_life_goes_on_upon_rebuilt_tables_after_somebody_was_forgotten(
    history: CaseHistory, before: list[tuple[str, int]], forgotten: int, after: list[tuple[str, int]]
) -> None:
    own = await emptied(history)
    for kind, number in [("write", 1), ("write", 2), *before]:
        await own.step(kind, number)
    await own.forget(forgotten)
    await case_rebuild(own.pool, own.keys).run()
    for kind, number in after:
        await own.step(kind, number)

    assert (await case_rebuild(own.pool, own.keys).run()).differences == ()
