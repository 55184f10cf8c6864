"""Our policy as a strategy: the service's own `route`, asked whenever the service would ask it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from heapq import heappop, heappush
from uuid import UUID

import msgspec

from contracts.vocabulary import Presence
from services.routing.domain.crew import Crew, Load
from services.routing.domain.matching import route
from services.routing.domain.policy import Policy
from services.routing.domain.tiers import CaseRequest, Ownership
from services.routing.simulation.setting import MINUTE_S
from services.routing.simulation.week import Contact, Week

Queue = list[tuple[float, int]]


class ByPolicy:
    """Keeps what the service keeps in its tables: who has which case, which case waits for whom."""

    def __init__(self, week: Week) -> None:
        setting = week.setting
        self._week = week
        self._policy = Policy(hold_margin_min=setting.hold_margin_min, cases_per_hour=setting.contacts_per_hour)
        self._crew = Crew(week.agents, {})
        self._place_of = {agent.agent_id: place for place, agent in enumerate(week.agents)}
        self._queues: list[Queue] = [[] for _ in week.agents]
        self._carried = [0] * len(week.agents)
        self._assigned_at: list[datetime | None] = [None] * len(week.agents)
        self._held: list[Queue] = [[] for _ in week.agents]
        self._held_count = [0] * len(week.agents)
        self._waits_for: dict[int, int] = {}
        self._nobody: Queue = []

    def receive(self, contact: Contact, at: float) -> float | None:
        """Decide it; when it is held, decide it again then."""
        return self._decide(contact, at)

    def due(self, contact: Contact, at: float) -> float | None:
        """Decide again what is still held."""
        return self._decide(contact, at) if contact.number in self._waits_for else None

    def came(self, agent: int, at: float) -> Iterator[tuple[Contact, float]]:
        """Somebody is there: what waits for them, then what waits for anybody, oldest first."""
        self._be(agent, Presence.ONLINE, at)
        yield from self._fill(agent, at)

    def left(self, agent: int, at: float) -> Iterator[tuple[Contact, float]]:
        """A duty is over: what was not begun goes to others, with its age."""
        self._be(agent, Presence.OFFLINE, at)
        left, self._queues[agent] = self._queues[agent], []
        self._carry(agent, -len(left))
        for _, number in sorted(left):
            yield from self._again(number, at)

    def done(self, agent: int, at: float) -> Iterator[tuple[Contact, float]]:
        """There is room again."""
        self._carry(agent, -1)
        yield from self._fill(agent, at)

    def next_for(self, agent: int, at: float) -> Contact | None:
        """The oldest of what the agent has."""
        del at
        return self._week.contacts[heappop(self._queues[agent])[1]] if self._queues[agent] else None

    def _fill(self, agent: int, at: float) -> Iterator[tuple[Contact, float]]:
        for waiting in (self._held[agent], self._nobody):
            while waiting and self._carried[agent] < self._week.setting.capacity:
                _, number = heappop(waiting)
                if waiting is self._nobody or self._waits_for.get(number) == agent:
                    before = sum(self._carried)
                    yield from self._again(number, at)
                    if sum(self._carried) == before:
                        break

    def _again(self, number: int, at: float) -> Iterator[tuple[Contact, float]]:
        contact = self._week.contacts[number]
        when = self._decide(contact, at)
        if when is not None:
            yield contact, when

    def _decide(self, contact: Contact, at: float) -> float | None:
        """Ask the policy and do what it says; until when the contact is held."""
        before = self._waits_for.pop(contact.number, None)
        if before is not None:
            self._held_count[before] -= 1
            self._carry(before, 0)
        now = datetime.fromtimestamp(at, UTC)
        decision = route(
            self._request(contact), now, self._crew, ownership=self._ownership(contact), policy=self._policy
        )
        place = (contact.received, contact.number)
        if decision.held_for is not None and decision.held_until is not None:
            agent = self._place_of[decision.held_for]
            self._waits_for[contact.number] = agent
            self._held_count[agent] += 1
            self._carry(agent, 0)
            heappush(self._held[agent], place)
            return decision.held_until.timestamp()
        if decision.agent_id is None:
            heappush(self._nobody, place)
        else:
            agent = self._place_of[decision.agent_id]
            self._assigned_at[agent] = now
            self._carry(agent, 1)
            heappush(self._queues[agent], place)
        return None

    def _request(self, contact: Contact) -> CaseRequest:
        deadline = datetime.fromtimestamp(contact.received + self._week.setting.target_min * MINUTE_S, UTC)
        return CaseRequest(contact.contact_id, contact.customer_id, units=1, deadline=deadline)

    def _ownership(self, contact: Contact) -> Ownership:
        return Ownership(
            owner_id=self._agent_id(contact.owner),
            partner_id=self._agent_id(contact.partner),
        )

    def _agent_id(self, agent: int | None) -> UUID | None:
        return None if agent is None else self._week.agents[agent].agent_id

    def _carry(self, agent: int, more: int) -> None:
        self._carried[agent] += more
        carried = self._carried[agent]
        load = Load(carried, self._assigned_at[agent], carried + self._held_count[agent])
        self._crew.carry(self._week.agents[agent].agent_id, load)

    def _be(self, agent: int, presence: Presence, at: float) -> None:
        view = msgspec.structs.replace(self._week.agents[agent], presence=presence, since=at)
        self._crew.put(view)
        self._carry(agent, 0)
