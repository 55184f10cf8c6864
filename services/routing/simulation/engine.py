"""Runs a week through a strategy: contacts come, agents come and go, whoever is free begins the next contact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Protocol

from services.routing.simulation.week import Contact, Week

LEFT, DONE, CAME, RECEIVED, DUE = range(5)
"""What happens at the same moment happens in this order, before anybody begins anything."""


@dataclass(slots=True)
class Handling:
    """Who began a contact, and when (UTC seconds)."""

    agent: int
    at: float


@dataclass(slots=True)
class Run:
    """What became of a week. `handled`: by the contact's number; one that is missing was never answered."""

    week: Week
    handled: dict[int, Handling] = field(default_factory=dict)


class Strategy(Protocol):
    """Who gets what. It hears of everything and hands out work when asked."""

    def receive(self, contact: Contact, at: float) -> float | None:
        """A contact came; when to be asked again about it, or None."""
        ...

    def due(self, contact: Contact, at: float) -> float | None:
        """The moment asked for has come; when to be asked again."""
        ...

    def came(self, agent: int, at: float) -> Iterator[tuple[Contact, float]]:
        """An agent came on duty; contacts to ask about again, and when."""
        ...

    def left(self, agent: int, at: float) -> Iterator[tuple[Contact, float]]:
        """An agent's duty ended; likewise."""
        ...

    def done(self, agent: int, at: float) -> Iterator[tuple[Contact, float]]:
        """An agent finished a contact; likewise."""
        ...

    def next_for(self, agent: int, at: float) -> Contact | None:
        """What an agent who is free begins now."""
        ...


class _Staff:
    """Who is there, and since when they are free. Who comes back while at something goes on with that."""

    def __init__(self) -> None:
        self._present: set[int] = set()
        self._busy: set[int] = set()
        self._free: dict[int, float] = {}

    def turn(self, kind: int, agent: int, at: float) -> None:
        """An agent came, left, or is done with something."""
        if kind == CAME:
            self._present.add(agent)
        elif kind == LEFT:
            self._present.discard(agent)
            self._free.pop(agent, None)
        else:
            self._busy.discard(agent)
        if agent in self._present and agent not in self._busy:
            self._free.setdefault(agent, at)

    def begin(self, agent: int) -> None:
        """The agent is at something."""
        del self._free[agent]
        self._busy.add(agent)

    def longest_free(self) -> list[int]:
        """Those who are free, the one who is it longest first."""
        return sorted(self._free, key=lambda one: (self._free[one], one))


def run(week: Week, strategy: Strategy) -> Run:
    """Play the week until everything is answered or nobody comes any more."""
    outcome = Run(week)
    turns = count()
    events: list[tuple[float, int, int, int, Contact | None]] = [
        (contact.received, RECEIVED, next(turns), contact.number, contact) for contact in week.contacts
    ]
    for agent in range(len(week.agents)):
        duty = week.duty(agent)
        events.extend((start, CAME, next(turns), agent, None) for start in duty.starts)
        events.extend((end, LEFT, next(turns), agent, None) for end in duty.ends)
    heapify(events)
    staff = _Staff()
    while events and len(outcome.handled) < len(week.contacts):
        at, kind, _, number, contact = heappop(events)
        for again, when in _told(strategy, kind, number, contact, at):
            heappush(events, (max(at, when), DUE, next(turns), again.number, again))
        if kind in {CAME, LEFT, DONE}:
            staff.turn(kind, number, at)
        if events and events[0][0] == at:
            continue
        for agent in staff.longest_free():
            begun = strategy.next_for(agent, at)
            if begun is not None:
                staff.begin(agent)
                outcome.handled[begun.number] = Handling(agent, at)
                heappush(events, (at + week.setting.handling_s, DONE, next(turns), agent, None))
    return outcome


def _told(
    strategy: Strategy, kind: int, number: int, contact: Contact | None, at: float
) -> Iterator[tuple[Contact, float]]:
    if contact is not None:
        when = strategy.receive(contact, at) if kind == RECEIVED else strategy.due(contact, at)
        if when is not None:
            yield contact, when
    elif kind == CAME:
        yield from strategy.came(number, at)
    elif kind == LEFT:
        yield from strategy.left(number, at)
    else:
        yield from strategy.done(number, at)
