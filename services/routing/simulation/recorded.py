"""What was, out of routing's own facts: who came, who was there, whom customers belonged to, who answered and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from contracts.duty import PAST_DAYS, Roster, duty
from contracts.stored import Fact, FirstFact
from contracts.vocabulary import Channel, Presence
from contracts.working_time import WorkingTime, working_time
from services.routing.domain.agent import agent_id
from services.routing.domain.agent_facts import (
    AgentCard,
    AgentDeactivated,
    AgentEnrolled,
    AgentRevised,
    AttentionNoted,
    DutyTurned,
    PresenceSet,
)
from services.routing.domain.assignment import weighs
from services.routing.domain.assignment_facts import CaseDecided, CaseGivenBack, CaseMoved, CaseSeen
from services.routing.domain.duo_facts import (
    AgentExcluded,
    AgentReadmitted,
    DuoJoined,
    DuoParted,
    OwnerSet,
    OwnershipShared,
)

AGENT_FACTS = (AgentEnrolled, AgentRevised, PresenceSet, DutyTurned, AttentionNoted, AgentDeactivated)
CASE_FACTS = (CaseSeen, CaseDecided, CaseGivenBack, CaseMoved)
DUO_FACTS = (OwnerSet, OwnershipShared, DuoJoined, DuoParted, AgentExcluded, AgentReadmitted)
RECORDED_TOPICS = tuple(kind.TOPIC for kind in (*AGENT_FACTS, *CASE_FACTS, *DUO_FACTS))
"""All that a history is made of."""
READ_BY_ANYBODY = frozenset(
    {
        Channel.FACEBOOK,
        Channel.INSTAGRAM,
        Channel.X,
        Channel.TRUSTPILOT,
        Channel.GOOGLE_REVIEWS,
        Channel.YOUTUBE,
        Channel.FEED,
        Channel.MEDIA,
    }
)
"""Channels on which others read along; routing does not know it of a single contact."""


BUSY = 0.95
"""The pace is that of the hours above this quantile."""


@dataclass(slots=True)
class Arrival:
    """A case became ours to move: a contact to be answered. `answered`: when it was no longer, and by whom it was."""

    case_id: UUID
    received: datetime
    owner_id: UUID | None
    partner_id: UUID | None
    excluded: frozenset[UUID]
    answered: tuple[UUID, datetime] | None = None


@dataclass(slots=True)
class Person:
    """An agent in the course of time: the card, rosters as they came into force, and being here or not."""

    card: AgentCard
    rosters: list[tuple[float, Roster | None]] = field(default_factory=list)
    here: list[tuple[float, bool]] = field(default_factory=list)


@dataclass(slots=True)
class _Case:
    seen: CaseSeen
    assignee_id: UUID | None = None
    open: Arrival | None = None


class History:
    """Takes facts in the order of the log, and says what they come to. Old ones matter: who belonged to whom."""

    def __init__(self) -> None:
        self.people: dict[UUID, Person] = {}
        self.arrivals: list[Arrival] = []
        self._cases: dict[UUID, _Case] = {}
        self._duos: dict[UUID, tuple[UUID | None, UUID | None]] = {}
        self._shared: dict[UUID, tuple[UUID | None, UUID | None]] = {}
        self._joined: dict[UUID, UUID] = {}
        self._below: Counter[UUID] = Counter()
        self._excluded: dict[UUID, set[UUID]] = {}

    def take(self, facts: Iterable[Fact | FirstFact]) -> None:
        """Go on with these."""
        for fact in facts:
            if isinstance(fact, AGENT_FACTS):
                self._agent(fact.card, fact.timestamp.timestamp())
            elif isinstance(fact, CASE_FACTS):
                self._case(fact)
            else:
                self._duo(fact)

    def seen(self, arrival: Arrival) -> CaseSeen:
        """What was known of its case when that was opened."""
        return self._cases[arrival.case_id].seen

    def _agent(self, card: AgentCard, at: float) -> None:
        person = self.people.setdefault(agent_id(card.ref), Person(card))
        person.card = card
        if not person.rosters or person.rosters[-1][1] != card.roster:
            person.rosters.append((at, card.roster))
        here = card.active and card.presence is Presence.ONLINE
        if here != bool(person.here and person.here[-1][1]):
            since = card.present_since.timestamp() if card.present_since is not None else at
            person.here.append((max(since, person.here[-1][0]) if person.here else since, here))

    def _case(self, fact: CaseSeen | CaseDecided | CaseGivenBack | CaseMoved) -> None:
        if isinstance(fact, CaseSeen):
            self._cases[fact.case_id] = _Case(fact)
            self._arrive(self._cases[fact.case_id], fact.opened_at)
            return
        case = self._cases[fact.case_id]
        if isinstance(fact, CaseDecided):
            case.assignee_id = fact.agent_id
        elif isinstance(fact, CaseGivenBack):
            case.assignee_id = None
        elif weighs(fact.status, fact.waiting_for) and case.open is None:
            self._arrive(case, fact.timestamp)
        elif not weighs(fact.status, fact.waiting_for) and case.open is not None:
            case.open.answered = None if case.assignee_id is None else (case.assignee_id, fact.timestamp)
            case.open = None

    def _arrive(self, case: _Case, at: datetime) -> None:
        customer_id = case.seen.customer_id
        root = self._root(customer_id)
        own = self._duos.get(root, (None, None))
        owner_id, partner_id = own
        if self._below[root]:
            owner_id, partner_id = self._shared.get(root, own)
        excluded = frozenset().union(*(self._excluded.get(each, ()) for each in (root, customer_id)))
        case.open = Arrival(case.seen.case_id, at, owner_id, partner_id, excluded)
        self.arrivals.append(case.open)

    def _root(self, customer_id: UUID) -> UUID:
        while customer_id in self._joined:
            customer_id = self._joined[customer_id]
        return customer_id

    def _duo(self, fact: Fact | FirstFact) -> None:
        match fact:
            case OwnerSet():
                self._duos[fact.customer_id] = (fact.owner_id, fact.partner_id)
            case OwnershipShared():
                self._shared[fact.customer_id] = (fact.owner_id, fact.partner_id)
            case DuoJoined():
                self._joined[fact.customer_id] = fact.target_id
                self._below[fact.target_id] += 1
            case DuoParted():
                self._below[self._joined.pop(fact.customer_id)] -= 1
            case AgentExcluded():
                self._excluded.setdefault(fact.customer_id, set()).add(fact.agent_id)
            case AgentReadmitted():
                self._excluded.get(fact.customer_id, set()).discard(fact.agent_id)
            case _:
                raise TypeError(f"not asked for: {type(fact).__name__}")


def on_roster(person: Person, first: datetime, last: datetime) -> WorkingTime | None:
    """When that agent was to work between these, by whichever roster was in force; None: there never was one."""
    if not any(roster is not None for _, roster in person.rosters):
        return None
    return working_time(_in_force(person, first, last))


def _in_force(person: Person, first: datetime, last: datetime) -> Iterator[tuple[float, float]]:
    days = (last.date() - first.date()).days + 2 + PAST_DAYS
    ends = [start for start, _ in person.rosters[1:]] + [last.timestamp()]
    for (start, roster), end in zip(person.rosters, ends, strict=True):
        if roster is not None and end > first.timestamp():
            worked = duty(roster, first.date(), days)
            span = max(start, first.timestamp() - timedelta(days=PAST_DAYS).total_seconds()), end
            yield from ((max(a, span[0]), min(b, span[1])) for a, b in zip(worked.starts, worked.ends, strict=True))


def in_fact(person: Person, now: datetime, last: datetime) -> WorkingTime:
    """When that agent was there. After `now` nobody knows: then by the roster, or without one, as it was last."""
    spans: list[tuple[float, float]] = []
    known_until = now.timestamp()
    for place, (start, here) in enumerate(person.here):
        end = person.here[place + 1][0] if place + 1 < len(person.here) else last.timestamp()
        if here and person.card.roster is not None:
            end = min(end, known_until)
        spans += [(start, end)] if here else []
    if person.card.roster is not None and now < last:
        ahead = on_roster(person, now, last) or WorkingTime()
        spans += [(max(a, known_until), b) for a, b in zip(ahead.starts, ahead.ends, strict=True)]
    return working_time(spans)


def pace(arrivals: Iterable[Arrival]) -> float | None:
    """Cases an hour in the busiest twentieth of the hours in which an agent answered any; None: nobody ever did."""
    hours = Counter(
        (arrival.answered[0], arrival.answered[1].replace(minute=0, second=0, microsecond=0))
        for arrival in arrivals
        if arrival.answered is not None
    )
    counts = sorted(hours.values())
    return float(counts[min(len(counts) - 1, int(len(counts) * BUSY))]) if counts else None
