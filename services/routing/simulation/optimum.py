"""The best that could have been done with a week, had everything been known: an exact min-cost flow.

Time is cut into slots of two handlings. Every contact goes to a slot inside its target of an agent who is on duty, or
is late, and then perhaps with somebody known. Whoever handled the week in whatever way made such a flow, so none
costs less. Google's OR-tools solve it (Apache-2.0, cost scaling in C++).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

import msgspec
import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from services.routing.simulation.week import Contact, Week

SLOT_HANDLINGS = 2
Ints = NDArray[np.integer]


class Prices(msgspec.Struct, frozen=True):
    """In seconds of waiting: what it costs that a customer meets a stranger, and that a contact is late."""

    switch: int
    late: int


CONTINUITY_FIRST = Prices(switch=7 * 24 * 3600, late=10_000 * 3600)
"""Whatever the wait inside the target, one stranger fewer is better; one late contact fewer is better than that."""
IN_MONEY = Prices(switch=2 * 3600, late=24 * 3600)
"""A stranger is worth two hours of waiting, a late answer a day."""


class Optimum(msgspec.Struct, frozen=True):
    """What the best flow comes to. `cost`: in seconds."""

    cost: float
    continuity: float
    late: int


class _Slots(msgspec.Struct, frozen=True):
    """`start`: of each slot, UTC seconds. `room[agent, slot]`: how many contacts can begin."""

    start: NDArray[np.floating]
    room: NDArray[np.int64]


def optimum(week: Week, prices: Prices) -> Optimum:
    """The cheapest flow at these prices."""
    slots = _slots(week)
    flow = SimpleMinCostFlow()
    count, slot_count = len(week.contacts), len(slots.start)
    sink = count + slot_count + slots.room.size
    tails, heads, rooms, costs = (
        np.concatenate(column)
        for column in zip(*(_of_contacts(week, slots, prices, sink), _of_agents(slots, count, sink)), strict=True)
    )
    arcs = flow.add_arcs_with_capacity_and_unit_cost(tails, heads, rooms, costs)
    flow.set_nodes_supplies(
        np.append(np.arange(count), sink).astype(np.int32), np.append(np.ones(count), -count).astype(np.int64)
    )
    status = flow.solve()
    if status != SimpleMinCostFlow.OPTIMAL:
        raise RuntimeError(f"the solver says {status}")  # every contact has its arc to late: there is a flow
    flows = np.asarray(flow.flows(arcs))
    used = flows > 0
    late = int(flows[(heads == sink) & (tails < count)].sum())
    owned = np.array([contact.owner is not None for contact in week.contacts])
    begun = used & (tails < count) & (heads < sink)
    kept = 1.0 - sum(
        _is_stranger(week.contacts[tail], (head - count) // slot_count - 1)
        for tail, head in zip(tails[begun].tolist(), heads[begun].tolist(), strict=True)
    ) / max(1, int(owned.sum()))
    return Optimum(cost=float(flow.optimal_cost()), continuity=kept, late=late)


def _is_stranger(contact: Contact, agent: int) -> bool:
    """Whether a customer who has an owner met that agent, and did not know them; -1: anybody."""
    return contact.owner is not None and agent not in contact.known()


def _slots(week: Week) -> _Slots:
    handling = week.setting.handling_s
    width = SLOT_HANDLINGS * handling
    first = week.contacts[0].received // width * width
    last = max(contact.received + week.target_s(contact) for contact in week.contacts)
    start = first + width * np.arange(ceil((last - first) / width) + 1)
    room = np.zeros((len(week.agents), len(start)), dtype=np.int64)
    for agent in range(len(week.agents)):
        duty = week.duty(agent)
        for begin, end in zip(duty.starts, duty.ends, strict=True):
            shared = np.minimum(start + width, end) - np.maximum(start, begin)
            room[agent] += np.ceil(np.clip(shared, 0, None) / handling - 1e-9).astype(np.int64)
    return _Slots(start, room)


def _of_contacts(week: Week, slots: _Slots, prices: Prices, sink: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Arcs from every contact: to its owner's and partner's slots, to anybody's, and to being late."""
    count, slot_count, width = len(week.contacts), len(slots.start), slots.start[1] - slots.start[0]
    anybody = slots.room.max(axis=0) > 0
    tails, heads, costs = [], [], []
    for contact in week.contacts:
        first = int((contact.received - slots.start[0]) // width)
        target = week.target_s(contact)
        inside = np.arange(first, min(slot_count, first + ceil(target / width) + 1))
        wait = np.maximum(slots.start[inside] - contact.received, 0.0)
        inside, wait = inside[wait <= target], wait[wait <= target]
        stranger = prices.switch if contact.owner is not None else 0
        ways = []
        if contact.able is None:
            ways.append((inside[anybody[inside]], count, wait[anybody[inside]] + stranger))
        for agent, price in _persons(contact, stranger):
            theirs = slots.room[agent, inside] > 0
            ways.append((inside[theirs], count + slot_count * (1 + agent), wait[theirs] + price))
        for places, offset, cost in ways:
            heads.append(places + offset)
            costs.append(cost)
            tails.append(np.full(len(places), contact.number))
        heads.append(np.array([sink]))
        costs.append(np.array([prices.late]))
        tails.append(np.array([contact.number]))
    tail = np.concatenate(tails).astype(np.int32)
    return (
        tail,
        np.concatenate(heads).astype(np.int32),
        np.ones(len(tail), dtype=np.int64),
        np.concatenate(costs).astype(np.int64),
    )


def _persons(contact: Contact, stranger: int) -> Iterator[tuple[int, int]]:
    """To whose own slots there are arcs, and at what price: known ones, and where not everybody can, who can."""
    for agent in sorted(contact.known()):
        if contact.able is None or agent in contact.able:
            yield agent, 0
    for agent in sorted((contact.able or frozenset()) - contact.known()):
        yield agent, stranger


def _of_agents(slots: _Slots, count: int, sink: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Arcs from anybody's slot to each agent's, and from there out."""
    slot_count = len(slots.start)
    agent, slot = np.nonzero(slots.room)
    theirs = count + slot_count * (1 + agent) + slot
    room = slots.room[agent, slot]
    return (
        np.concatenate([count + slot, theirs]).astype(np.int32),
        np.concatenate([theirs, np.full(len(theirs), sink)]).astype(np.int32),
        np.concatenate([room, room]),
        np.zeros(2 * len(theirs), dtype=np.int64),
    )
