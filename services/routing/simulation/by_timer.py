"""What others do: one queue for all, or the owner first for a fixed time and then anybody."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush

from services.routing.simulation.week import Contact, Week

Queue = list[tuple[float, int]]


class ByTimer:
    """A contact waits `patience_s` for owner or partner, whether or not one of them will come, then for anybody.

    None: nobody is preferred, whoever is free longest begins the oldest contact (pooled round robin).
    """

    def __init__(self, week: Week, patience_s: float | None) -> None:
        self._week = week
        self._patience_s = patience_s
        self._waits: set[int] = set()
        self._own: list[Queue] = [[] for _ in week.agents]
        self._pool: Queue = []

    def receive(self, contact: Contact, at: float) -> float | None:
        """Queue it for whom it belongs to, or for all."""
        place = (contact.received, contact.number)
        self._waits.add(contact.number)
        if self._patience_s is None or contact.owner is None:
            heappush(self._pool, place)
            return None
        for agent in contact.known():
            heappush(self._own[agent], place)
        return at + self._patience_s

    def due(self, contact: Contact, at: float) -> float | None:
        """The time is over: anybody may have it."""
        del at
        if contact.number in self._waits:
            heappush(self._pool, (contact.received, contact.number))
        return None

    def came(self, agent: int, at: float) -> Iterator[tuple[Contact, float]]:
        """Nothing is decided ahead."""
        del agent, at
        return iter(())

    left = came
    done = came

    def next_for(self, agent: int, at: float) -> Contact | None:
        """The oldest of their own and of everybody's."""
        del at
        mine, pool, aside = self._own[agent], self._pool, list[tuple[float, int]]()
        while queue := self._older(mine, pool):
            place = heappop(queue)
            contact = self._week.contacts[place[1]]
            if self._week.able(agent, contact):
                self._waits.discard(contact.number)
                break
            aside.append(place)
        else:
            contact = None
        for place in aside:
            heappush(pool, place)
        return contact

    def _older(self, mine: Queue, pool: Queue) -> Queue | None:
        """Whichever of the two begins with what came first; what was begun meanwhile is dropped from both."""
        for queue in (mine, pool):
            while queue and queue[0][1] not in self._waits:
                heappop(queue)
        return min((queue for queue in (mine, pool) if queue), key=lambda queue: queue[0], default=None)
