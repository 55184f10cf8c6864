"""Draws one week: who works when, whom each customer belongs to, which contacts come."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from contracts.duty import PAST_DAYS, Roster, Shift, duty
from contracts.vocabulary import Presence, id_of
from contracts.working_time import WorkingTime
from services.routing.domain.crew import AgentView
from services.routing.domain.partner import good_partners, propose_partner
from services.routing.simulation.setting import (
    FIRST_HOUR,
    HOUR_S,
    HOUR_SHARES,
    MINUTE_S,
    SHIFTS_H,
    SHOCK_HOURS,
    SLOT_S,
    WEEK_START,
    WEEKDAY_SHARES,
    ZONE,
    Setting,
)

DAYS = 7
CAPACITY_UNITS = 20
RUN_DAYS = 21
"""A week's contacts are waited for so long; what then still waits was not answered."""
FOLLOW_UP_S = (24 * HOUR_S, 72 * HOUR_S)


@dataclass(slots=True)
class Contact:
    """One contact of a week. Agents by their place in `Week.agents`; times in UTC seconds.

    `units`: what it weighs in a capacity. `target_s`: within how long somebody has to begin; None: as the setting says.
    `able`: who has the skills and the language for it, is of its team, and is not `excluded`; None: everybody.
    """

    number: int
    contact_id: UUID
    customer_id: UUID
    received: float
    owner: int | None
    partner: int | None
    public: bool
    units: int = 1
    language: str | None = None
    skills: frozenset[str] = frozenset()
    target_s: float | None = None
    able: frozenset[int] | None = None
    excluded: frozenset[UUID] = frozenset()
    team_ref: str | None = None

    def known(self) -> frozenset[int]:
        """Whom the customer belongs to."""
        return frozenset(agent for agent in (self.owner, self.partner) if agent is not None)


@dataclass(frozen=True, slots=True)
class Week:
    """A week, or any other time. Contacts in the order in which they came.

    `present`: when each agent was there in fact; without it, whenever the roster says.
    """

    setting: Setting
    seed: int
    agents: tuple[AgentView, ...]
    contacts: tuple[Contact, ...]
    present: tuple[WorkingTime, ...] | None = None

    @property
    def rostered(self) -> bool:
        """Whether anybody has a roster, so that somebody can be waited for."""
        return any(agent.duty is not None for agent in self.agents)

    def duty(self, agent: int) -> WorkingTime:
        """When that agent works."""
        return self.agents[agent].duty or WorkingTime() if self.present is None else self.present[agent]

    def target_s(self, contact: Contact) -> float:
        """Within how long somebody has to begin that contact."""
        if contact.target_s is None or self.setting.one_target:
            return self.setting.target_min * MINUTE_S
        return contact.target_s

    def able(self, agent: int, contact: Contact) -> bool:
        """Whether that agent has the skills and the language for that contact, and is of its team."""
        return contact.able is None or agent in contact.able


def draw_week(setting: Setting, seed: int) -> Week:
    """The week of that seed: the same seed and setting, the same week."""
    chance = np.random.default_rng(seed)
    agents = _agents(setting, chance)
    return Week(setting, seed, agents, _contacts(setting, agents, chance))


def _agents(setting: Setting, chance: np.random.Generator) -> tuple[AgentView, ...]:
    """Agents with rosters that fill every shift: each has early or late duty for the whole week."""
    rosters: list[Roster] = []
    for kind, hours in enumerate(SHIFTS_H):
        left = np.array(setting.shifts_of[kind :: len(SHIFTS_H)], dtype=float)
        days: list[list[int]] = [[] for _ in left]
        for place, day in enumerate(chance.permutation(DAYS).tolist()):
            # Who has to work on every day that is left comes first, then by chance: so the contracts come out.
            must = left >= DAYS - place
            order = np.argsort(-(left + 100.0 * must + chance.random(len(left))))
            for agent in order[: setting.on_duty[day]].tolist():
                days[agent].append(day)
                left[agent] -= 1
        rosters.extend(_roster(each, hours) for each in days)
    capacity = CAPACITY_UNITS if setting.capacity is None else setting.capacity
    return tuple(_agent(number, roster, capacity) for number, roster in enumerate(rosters))


def _roster(days: list[int], hours: tuple[int, int]) -> Roster:
    return Roster(zone=ZONE, shifts=(Shift(tuple(sorted(days)), hours[0] * 60, hours[1] * 60),))


def _agent(number: int, roster: Roster, capacity: int) -> AgentView:
    return AgentView(
        agent_id=id_of("agent", f"agent-{number}"),
        presence=Presence.OFFLINE,
        active=True,
        capacity_units=capacity,
        duty=duty(roster, WEEK_START, days=PAST_DAYS + RUN_DAYS),
    )


def _contacts(setting: Setting, agents: tuple[AgentView, ...], chance: np.random.Generator) -> tuple[Contact, ...]:
    received = np.sort(_arrivals(setting, chance))
    worked = np.array([0.0 if agent.duty is None else agent.duty.seconds() for agent in agents])
    owners = chance.choice(len(agents), size=len(received), p=worked / worked.sum())
    returning, follows, public = (
        chance.random(len(received)) < share for share in (setting.returning, setting.follow_up, setting.public)
    )
    place_of = {agent.agent_id: place for place, agent in enumerate(agents)}
    partners = [good_partners(agent, agents, setting.target_min * MINUTE_S) for agent in agents]
    contacts: list[Contact] = []
    known: list[Contact] = []
    for number, at in enumerate(received.tolist()):
        customer_id, owner, partner = id_of("customer", str(number)), None, None
        if returning[number]:
            before = _earlier(known, at, chance) if follows[number] else None
            if before is None:
                owner = int(owners[number])
                partner_id = propose_partner(partners[owner], customer_id)
                partner = None if partner_id is None else place_of[partner_id]
            else:
                customer_id, owner, partner = before.customer_id, before.owner, before.partner
        contact = Contact(number, id_of("case", str(number)), customer_id, at, owner, partner, bool(public[number]))
        contacts.append(contact)
        if owner is not None:
            known.append(contact)
    return tuple(contacts)


def _earlier(known: list[Contact], at: float, chance: np.random.Generator) -> Contact | None:
    """Any contact of 1 to 3 days ago whose customer comes back about it."""
    first, last = (bisect_left(known, at - ago, key=lambda one: one.received) for ago in reversed(FOLLOW_UP_S))
    return known[int(chance.integers(first, last))] if first < last else None


def _arrivals(setting: Setting, chance: np.random.Generator) -> list[float]:
    """When contacts come, in UTC seconds: gamma-distributed flow per half hour, so negative binomial counts."""
    midnight = datetime.combine(WEEK_START, time(), tzinfo=ZoneInfo(ZONE))
    normal = setting.contacts / sum(WEEKDAY_SHARES)
    shock_day, shock_hour = int(chance.integers(0, 5)), int(chance.integers(9, 15))
    slots = int(HOUR_S // SLOT_S)
    moments: list[float] = []
    for day, share in enumerate(WEEKDAY_SHARES):
        flow = normal * share * max(0.1, chance.normal(1.0, setting.day_sd))
        for place, part in enumerate(HOUR_SHARES):
            hour = FIRST_HOUR + place
            shocked = day == shock_day and 0 <= hour - shock_hour < SHOCK_HOURS
            mean = flow * part / sum(HOUR_SHARES) / slots * (setting.shock if shocked else 1.0)
            for slot in range(slots):
                scale = setting.dispersion - 1.0
                rate = chance.gamma(mean / scale, scale) if scale > 0 else mean
                start = (midnight + timedelta(days=day, hours=hour)).timestamp() + slot * SLOT_S
                moments.extend((start + SLOT_S * chance.random(chance.poisson(rate))).tolist())
    return moments
