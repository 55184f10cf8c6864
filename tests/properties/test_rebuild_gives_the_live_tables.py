"""Whatever happened, and whoever was forgotten: tables made anew from the log are the live ones, byte for byte."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.rebuild import Rebuild
from services.case.workers.rebuilding import case_rebuild
from services.channels.workers.rebuilding import channels_rebuild
from services.routing.workers.rebuilding import routing_rebuild
from tests.support import case_history, channels_history, routing_history
from tests.support.case_history import CaseHistory
from tests.support.channels_history import ChannelsHistory
from tests.support.routing_history import RoutingHistory

Step = tuple[str, int]


class History(Protocol):
    """What happened in one service."""

    async def step(self, kind: str, number: int) -> object: ...


def steps(kinds: tuple[str, ...], least: int, most: int) -> st.SearchStrategy[list[Step]]:
    return st.lists(st.tuples(st.sampled_from(kinds), st.integers(0, 40)), min_size=least, max_size=most)


def examples(count: int) -> settings:
    return settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck))


async def lived(history: History, *told: Step) -> None:
    for kind, number in told:
        await history.step(kind, number)


async def same_before_and_after(history: History, rebuild: Rebuild, later: list[Step]) -> None:
    """The live tables are those that the facts give, and stay so when life goes on upon rebuilt ones."""
    assert (await rebuild.run()).differences == ()
    await lived(history, *later)
    assert (await rebuild.run(swap=False)).differences == ()


@pytest.fixture
async def history(database: str, keys_database: str) -> AsyncIterator[CaseHistory]:
    async with case_history.case_history(database, keys_database) as opened:
        yield opened


@pytest.fixture
async def front_door(database: str, keys_database: str) -> AsyncIterator[ChannelsHistory]:
    async with channels_history.channels_history(database, keys_database) as opened:
        yield opened


@pytest.fixture
async def router(database: str) -> AsyncIterator[RoutingHistory]:
    async with routing_history.routing_history(database) as opened:
        yield opened


@given(told=steps(case_history.KINDS, 5, 40))
@examples(15)
async def test_a_rebuilt_table_of_the_case_service_is_the_live_one(history: CaseHistory, told: list[Step]) -> None:
    own = await case_history.emptied(history)
    await lived(own, ("write", 1), ("write", 2), *told)

    assert (await case_rebuild(own.pool, own.keys).run(swap=False)).differences == ()


@given(before=steps(case_history.KINDS, 0, 20), forgotten=st.integers(0, 9), after=steps(case_history.KINDS, 0, 15))
@examples(8)
async def test_life_goes_on_upon_rebuilt_tables_after_somebody_was_forgotten(
    history: CaseHistory, before: list[Step], forgotten: int, after: list[Step]
) -> None:
    own = await case_history.emptied(history)
    await lived(own, ("write", 1), ("write", 2), *before)
    await own.forget(forgotten)
    rebuild = case_rebuild(own.pool, own.keys)
    await rebuild.run()
    await lived(own, *after)

    assert (await rebuild.run()).differences == ()


@given(before=steps(channels_history.KINDS, 5, 40), after=steps(channels_history.KINDS, 0, 15))
@examples(15)
async def test_a_rebuilt_table_of_channels_is_the_live_one(
    front_door: ChannelsHistory, before: list[Step], after: list[Step]
) -> None:
    own = await channels_history.emptied(front_door)
    await lived(own, ("file", 1), ("write", 1), ("ask", 1), ("try", 2), *before)

    await same_before_and_after(own, channels_rebuild(own.pool, own.keys), after)


@given(before=steps(routing_history.KINDS, 5, 40), after=steps(routing_history.KINDS, 0, 15))
@examples(15)
async def test_a_rebuilt_table_of_routing_is_the_live_one(
    router: RoutingHistory, before: list[Step], after: list[Step]
) -> None:
    own = await routing_history.emptied(router)
    await lived(own, ("file", 5), ("present", 0), ("case", 1), *before)

    await same_before_and_after(own, routing_rebuild(own.pool), after)
