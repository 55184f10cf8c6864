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
from services.routing.simulation.week import Contact, Week

Queue = list[tuple[float, int]]
ASIDE_COUNT_MAX = 50
"""So many waiting contacts that an agent cannot take are passed over in search of one that fits."""


class ByPolicy:
    """Keeps what the service keeps in its tables: who has which case, which case waits for whom."""

    def __init__(self, week: Week) -> None:
        setting = week.setting
        self._week = week
        self._policy = Policy(
            hold_margin_min=setting.hold_margin_min,
            patience_min=setting.patience_min,
            cases_per_hour=setting.contacts_per_hour,
        )
        self._rostered = week.rostered
        self._crew = Crew(week.agents, {})
        self._place_of = {agent.agent_id: place for place, agent in enumerate(week.agents)}
        self._queues: list[Queue] = [[] for _ in week.agents]
        self._carried = [0] * len(week.agents)
        self._weighed = [0] * len(week.agents)
        self._assigned_at: list[datetime | None] = [None] * len(week.agents)
        self._held: list[Queue] = [[] for _ in week.agents]
        self._held_count = [0] * len(week.agents)
        self._waits_for: dict[int, int] = {}
        self._begun: dict[int, Contact] = {}
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
        for _, number in left:
            self._carry(agent, self._week.contacts[number], -1)
        for _, number in sorted(left):
            yield from self._again(number, at)

    def done(self, agent: int, at: float) -> Iterator[tuple[Contact, float]]:
        """There is room again."""
        begun = self._begun.pop(agent)
        self._carry(agent, begun, -1)
        yield from self._fill(agent, at)

    def next_for(self, agent: int, at: float) -> Contact | None:
        """The oldest of what the agent has."""
        del at
        if not self._queues[agent]:
            return None
        self._begun[agent] = self._week.contacts[heappop(self._queues[agent])[1]]
        return self._begun[agent]

    def _fill(self, agent: int, at: float) -> Iterator[tuple[Contact, float]]:
        for waiting in (self._held[agent], self._nobody):
            aside: Queue = []
            while waiting and len(aside) < ASIDE_COUNT_MAX and self._room(agent) > 0:
                place = heappop(waiting)
                number = place[1]
                if waiting is not self._nobody and self._waits_for.get(number) != agent:
                    continue
                if not self._fits(agent, number):
                    aside.append(place)
                    continue
                before = sum(self._carried)
                yield from self._again(number, at)
                if sum(self._carried) == before:
                    break
            for place in aside:
                heappush(waiting, place)

    def _room(self, agent: int) -> int:
        return self._week.agents[agent].capacity_units - self._weighed[agent]

    def _fits(self, agent: int, number: int) -> bool:
        contact = self._week.contacts[number]
        return contact.units <= self._room(agent) and self._week.able(agent, contact)

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
            self._carry(before)
        now = datetime.fromtimestamp(at, UTC)
        decision = route(
            self._request(contact), now, self._crew, ownership=self._ownership(contact), policy=self._policy
        )
        place = (contact.received, contact.number)
        if decision.held_for is not None and decision.held_until is not None:
            agent = self._place_of[decision.held_for]
            self._waits_for[contact.number] = agent
            self._held_count[agent] += 1
            self._carry(agent)
            heappush(self._held[agent], place)
            return decision.held_until.timestamp()
        if decision.agent_id is None:
            heappush(self._nobody, place)
        else:
            agent = self._place_of[decision.agent_id]
            self._assigned_at[agent] = now
            self._carry(agent, contact, 1)
            heappush(self._queues[agent], place)
        return None

    def _request(self, contact: Contact) -> CaseRequest:
        deadline = None
        if self._rostered:
            deadline = datetime.fromtimestamp(contact.received + self._week.target_s(contact), UTC)
        return CaseRequest(
            contact.contact_id,
            contact.customer_id,
            units=contact.units,
            language=contact.language,
            skills=contact.skills,
            excluded=contact.excluded,
            team_ref=contact.team_ref,
            deadline=deadline,
        )

    def _ownership(self, contact: Contact) -> Ownership:
        return Ownership(
            owner_id=self._agent_id(contact.owner),
            partner_id=self._agent_id(contact.partner),
        )

    def _agent_id(self, agent: int | None) -> UUID | None:
        return None if agent is None else self._week.agents[agent].agent_id

    def _carry(self, agent: int, contact: Contact | None = None, more: int = 0) -> None:
        self._carried[agent] += more
        self._weighed[agent] += 0 if contact is None else more * contact.units
        cases = self._carried[agent] + self._held_count[agent]
        load = Load(self._weighed[agent], self._assigned_at[agent], cases)
        self._crew.carry(self._week.agents[agent].agent_id, load)

    def _be(self, agent: int, presence: Presence, at: float) -> None:
        view = msgspec.structs.replace(self._week.agents[agent], presence=presence, since=at)
        self._crew.put(view)
        self._carry(agent)
