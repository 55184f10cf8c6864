"""A recorded time as a week to be simulated: the same contacts, agents and attendance, under other policies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from contracts.vocabulary import Presence
from services.routing.domain.crew import AgentView, Needs, lacks
from services.routing.simulation.comparison import (
    AS_CONFIGURED,
    OURS,
    POLICIES,
    Comparison,
    compare,
)
from services.routing.simulation.engine import Handling
from services.routing.simulation.recorded import READ_BY_ANYBODY, Arrival, History, Person, in_fact, on_roster
from services.routing.simulation.setting import Setting
from services.routing.simulation.week import RUN_DAYS, Contact, Week

CONTACTS_COUNT_MAX = 50_000


class NothingRecorded(Exception):  # noqa: N818
    """Nothing came in then, or so much that nobody could wait for the answer."""


class Recorded(msgspec.Struct, frozen=True):
    """A week that was, and what became of it. `happened`: by the contact's number."""

    week: Week
    happened: dict[int, Handling]


def recorded_week(history: History, setting: Setting, first: datetime, last: datetime, now: datetime) -> Recorded:
    """What came in from `first` until before `last`. After `now` agents come by their rosters.

    Raises:
        NothingRecorded: nothing came in then, or more than CONTACTS_COUNT_MAX.
    """
    arrivals = sorted((one for one in history.arrivals if first <= one.received < last), key=lambda one: one.received)
    if not arrivals:
        raise NothingRecorded("nothing came in between these moments")
    if len(arrivals) > CONTACTS_COUNT_MAX:
        raise NothingRecorded(f"{len(arrivals):,} contacts came in; at most {CONTACTS_COUNT_MAX:,} at a time")
    horizon = last + timedelta(days=RUN_DAYS)
    people = dict(sorted(history.people.items()))
    agents = tuple(_agent(agent_id, person, setting, (first, horizon)) for agent_id, person in people.items())
    place_of = {agent_id: place for place, agent_id in enumerate(people)}
    week = Week(
        setting=setting,
        seed=0,
        agents=agents,
        contacts=tuple(_contact(number, arrival, history, agents, place_of) for number, arrival in enumerate(arrivals)),
        present=tuple(in_fact(person, now, horizon) for person in people.values()),
    )
    return Recorded(week, _happened(arrivals, setting, place_of))


def what_if(as_configured: Recorded, changed: Recorded | None) -> Comparison:
    """What became of it beside what policies make of it. `changed`: with other numbers, beside the configured ones."""
    if changed is None:
        return compare(as_configured.week, happened=as_configured.happened)
    before = compare(as_configured.week, (OURS,))
    found = compare(changed.week, happened=changed.happened)
    policies = dict(found.policies)
    others = {name: policies.pop(name) for name in POLICIES if name != OURS}
    return msgspec.structs.replace(found, policies={**policies, AS_CONFIGURED: before.policies[OURS], **others})


def _agent(agent_id: UUID, person: Person, setting: Setting, span: tuple[datetime, datetime]) -> AgentView:
    card = person.card
    return AgentView(
        agent_id=agent_id,
        presence=Presence.OFFLINE,
        active=True,
        capacity_units=card.capacity_units if setting.capacity is None else setting.capacity,
        languages=frozenset(card.languages),
        skills=frozenset(card.skills),
        team_ref=card.team_ref,
        duty=on_roster(person, *span),
    )


def _contact(
    number: int, arrival: Arrival, history: History, agents: Sequence[AgentView], place_of: dict[UUID, int]
) -> Contact:
    seen = history.seen(arrival)
    needs = Needs(seen.units, seen.language, frozenset(seen.skills), seen.team_ref, arrival.excluded)
    able = frozenset(
        place
        for place, agent in enumerate(agents)
        if agent.agent_id not in arrival.excluded
        and seen.team_ref in {None, agent.team_ref}
        and lacks(agent.languages, agent.skills, needs) is None
    )
    return Contact(
        number=number,
        contact_id=arrival.case_id,
        customer_id=seen.customer_id,
        received=arrival.received.timestamp(),
        owner=None if arrival.owner_id is None else place_of.get(arrival.owner_id),
        partner=None if arrival.partner_id is None else place_of.get(arrival.partner_id),
        public=seen.channel in READ_BY_ANYBODY,
        units=seen.units,
        language=seen.language,
        skills=needs.skills,
        target_s=None if seen.due_at is None else (seen.due_at - seen.opened_at).total_seconds(),
        able=None if len(able) == len(agents) else able,
        excluded=arrival.excluded,
        team_ref=seen.team_ref,
    )


def _happened(arrivals: Sequence[Arrival], setting: Setting, place_of: dict[UUID, int]) -> dict[int, Handling]:
    """Who answered, and when they began: as long before the answer as one takes, but not before it came."""
    found: dict[int, Handling] = {}
    for number, arrival in enumerate(arrivals):
        if arrival.answered is not None:
            agent_id, at = arrival.answered
            began = max(arrival.received.timestamp(), at.timestamp() - setting.handling_s)
            found[number] = Handling(place_of[agent_id], began)
    return found
