"""The optimum of the simulator, on small weeks where everything can be tried, and against every policy."""

from __future__ import annotations

import dataclasses
from collections import Counter
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.vocabulary import Presence
from contracts.working_time import working_time
from services.routing.domain.crew import AgentView
from services.routing.simulation.comparison import POLICIES, cost
from services.routing.simulation.engine import run
from services.routing.simulation.optimum import IN_MONEY, optimum
from services.routing.simulation.setting import Setting
from services.routing.simulation.week import Contact, Week

HANDLING = 600
SLOT = 2 * HANDLING
TARGET = 2 * SLOT
SETTING = Setting(contacts_per_hour=6, target_min=TARGET / 60, capacity=3, hold_margin_min=0)


def agent(number: int, slots: list[int]) -> AgentView:
    spans = working_time((slot * SLOT, (slot + 1) * SLOT) for slot in slots)
    return AgentView(UUID(int=number), Presence.OFFLINE, True, 3, duty=spans)


def contact(number: int, drawn: tuple[int, int | None, int | None]) -> Contact:
    received, owner, partner = drawn
    partner = None if owner is None or partner == owner else partner
    return Contact(number, UUID(int=number), UUID(int=number), float(received * 60), owner, partner, public=False)


duties = st.lists(st.integers(0, 5), min_size=1, max_size=4)
someone = st.none() | st.integers(0, 1)
contacts_drawn = st.lists(st.tuples(st.integers(0, 100), someone, someone), min_size=1, max_size=4)


def week_of(agents: list[list[int]], contacts: list[tuple[int, int | None, int | None]]) -> Week:
    ordered = sorted(contacts, key=lambda drawn: drawn[0])
    return Week(
        SETTING,
        0,
        tuple(agent(number, slots) for number, slots in enumerate(agents)),
        tuple(contact(number, drawn) for number, drawn in enumerate(ordered)),
    )


crews = st.lists(duties, min_size=2, max_size=2)
weeks = st.builds(week_of, crews, contacts_drawn)
many = st.lists(st.tuples(st.integers(0, 100), someone, someone), min_size=1, max_size=25)
busier_weeks = st.builds(week_of, crews, many)


def tried(week: Week) -> float:
    """The cheapest of all ways: each contact to a slot of somebody, or late."""
    slots = [(place, int(start // SLOT)) for place in range(2) for start in _slots(week, place)]
    best = float("inf")
    for way in product([None, *slots], repeat=len(week.contacts)):
        if max(Counter(one for one in way if one is not None).values(), default=0) <= SLOT // HANDLING:
            best = min(best, sum(_price(each, one) for each, one in zip(week.contacts, way, strict=True)))
    return best


def _slots(week: Week, place: int) -> list[float]:
    duty = week.duty(place)
    return [
        start + step * SLOT
        for start, end in zip(duty.starts, duty.ends, strict=True)
        for step in range(int((end - start) // SLOT))
    ]


def _price(each: Contact, slot: tuple[int, int] | None) -> float:
    if slot is None:
        return IN_MONEY.late
    stranger = each.owner is not None and slot[0] not in each.known()
    if (slot[1] + 1) * SLOT <= each.received:
        return float("inf")
    wait = max(0.0, slot[1] * SLOT - each.received)
    return float("inf") if wait > TARGET else wait + IN_MONEY.switch * stranger


@given(weeks)
@settings(deadline=None, max_examples=25)
def test_the_flow_finds_what_trying_everything_finds(week: Week) -> None:
    assert optimum(week, IN_MONEY).cost == pytest.approx(tried(week))


@given(busier_weeks)
@settings(deadline=None)
def test_no_policy_is_cheaper_than_hindsight(week: Week) -> None:
    least = optimum(week, IN_MONEY).cost
    for strategy in POLICIES.values():
        assert cost(run(week, strategy(week))) >= least - 1e-6


@given(weeks, duties)
@settings(deadline=None)
def test_another_agent_never_makes_the_best_worse(week: Week, slots: list[int]) -> None:
    more = dataclasses.replace(week, agents=(*week.agents, agent(2, slots)))
    assert optimum(more, IN_MONEY).cost <= optimum(week, IN_MONEY).cost


@given(weeks)
@settings(deadline=None)
def test_other_names_for_the_agents_change_nothing(week: Week) -> None:
    def swapped(place: int | None) -> int | None:
        return None if place is None else 1 - place

    renamed = dataclasses.replace(
        week,
        agents=week.agents[::-1],
        contacts=tuple(
            dataclasses.replace(each, owner=swapped(each.owner), partner=swapped(each.partner))
            for each in week.contacts
        ),
    )
    assert optimum(renamed, IN_MONEY) == optimum(week, IN_MONEY)
