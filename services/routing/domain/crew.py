"""The agents as decisions see them, and an index over all of them that is kept between decisions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from heapq import nsmallest
from math import inf
from operator import attrgetter
from uuid import UUID

import msgspec

from contracts.vocabulary import CandidateRejection, Presence
from contracts.working_time import WorkingTime
from services.routing.domain.expectation import could_begin, expected_at
from services.routing.domain.policy import MINUTE_S, Policy


class AgentView(msgspec.Struct, frozen=True):
    """An agent as a decision sees one. `since`: of the presence, UTC seconds.

    `duty`: working time by the roster; None: no roster, so presence alone tells. `hands_over`: the open cases are to go
    to others.
    """

    agent_id: UUID
    presence: Presence
    active: bool
    capacity_units: int
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    team_ref: str | None = None
    since: float | None = None
    duty: WorkingTime | None = None
    hands_over: bool = False


class Load(msgspec.Struct, frozen=True):
    """What an agent carries: units of cases where we are to move. `assigned_at`: of the latest case given.

    `cases`: how many would be handled before a new one, those that only wait for the agent included.
    """

    units: int = 0
    assigned_at: datetime | None = None
    cases: int = 0


NO_LOAD = Load()
_BY_RANK = attrgetter("rank")


class Needs(msgspec.Struct, frozen=True):
    """What a case asks of whoever takes it. `team_ref`: only of that team. `excluded`, `declined`: of all but these."""

    units: int
    language: str | None
    skills: frozenset[str]
    team_ref: str | None
    excluded: frozenset[UUID]
    declined: frozenset[UUID] = frozenset()


class Seat:
    """An agent with what the agent carries, and what of it every decision asks for.

    `rank`: units per capacity, then longest without a new case, then the id; lower first.
    """

    __slots__ = ("agent", "agent_id", "cases", "free", "here", "load", "rank", "span", "team_ref")

    def __init__(self, agent: AgentView, load: Load) -> None:
        self.agent = agent
        self.agent_id = agent.agent_id
        self.team_ref = agent.team_ref
        self.here = agent.active and agent.presence is Presence.ONLINE
        self.span = (inf, -inf)
        self.carry(load)

    def carry(self, load: Load) -> None:
        """Take over what the agent carries now."""
        capacity = self.agent.capacity_units
        self.load = load
        self.cases = load.cases
        self.free = capacity - load.units
        # Who never got a case has been idle longest.
        idle = -inf if load.assigned_at is None else load.assigned_at.timestamp()
        self.rank = (load.units / capacity if capacity else inf, idle, self.agent_id.int)

    def rejection(self, needs: Needs) -> CandidateRejection | None:
        """Why the agent cannot take the case now."""
        if self.agent_id in needs.excluded or needs.team_ref not in {None, self.team_ref}:
            return CandidateRejection.EXCLUDED
        if self.agent_id in needs.declined:
            return CandidateRejection.DECLINED
        if not self.here:
            return CandidateRejection.UNAVAILABLE
        lack = lacks(self.agent.languages, self.agent.skills, needs)
        return CandidateRejection.CAPACITY if lack is None and self.free < needs.units else lack

    def expected_at(self, at: float, policy: Policy) -> float | None:
        """When the agent will be there, in UTC seconds; None: nobody can tell."""
        agent = self.agent
        if not agent.active or agent.hands_over:
            return None
        return expected_at(agent.presence, agent.since, agent.duty, at, policy.grace_min * MINUTE_S)

    def eta(self, expected: float | None, policy: Policy) -> float | None:
        """When the agent could begin a new case, being there from `expected` on."""
        return could_begin(expected, self.agent.duty, self.cases * policy.case_s)

    def is_late(self, at: float, latest: float, case_s: float) -> bool:
        """Whether somebody who is there could begin only after `latest`: what `eta` says, at less cost.

        The duty span of the moment is remembered, since every decision asks for it.
        """
        begin = at + self.cases * case_s
        if begin > latest:
            return True
        start, end = self.span
        if not start <= at < end:
            span = None if self.agent.duty is None else self.agent.duty.span_at(at)
            if span is None:  # there without a roster, or out of hours: taken to stay
                return False
            start, end = self.span = span
        if begin < end:
            return False
        later = could_begin(at, self.agent.duty, self.cases * case_s)
        return later is None or later > latest


class Crew:
    """Everybody who may take cases, by what they can: so that a decision asks that once per kind of agent."""

    def __init__(self, agents: Iterable[AgentView], loads: Mapping[UUID, Load]) -> None:
        self._seats: dict[UUID, Seat] = {}
        self._kinds: dict[tuple[frozenset[str], frozenset[str]], dict[UUID, Seat]] = {}
        for agent in agents:
            self.put(agent, loads.get(agent.agent_id, NO_LOAD))

    @property
    def rostered(self) -> bool:
        """Whether anybody has a roster: without any nobody can tell who comes, so nobody is waited for."""
        return any(seat.agent.duty is not None for seat in self._seats.values())

    def __len__(self) -> int:
        return len(self._seats)

    def put(self, agent: AgentView, load: Load = NO_LOAD) -> None:
        """Take in an agent, or what is new about one."""
        old = self._seats.get(agent.agent_id)
        if old is not None:
            del self._kinds[old.agent.languages, old.agent.skills][agent.agent_id]
        seat = self._seats[agent.agent_id] = Seat(agent, load)
        self._kinds.setdefault((agent.languages, agent.skills), {})[agent.agent_id] = seat

    def leave(self, agent_id: UUID) -> None:
        """Let go of an agent, if it is one of them."""
        old = self._seats.pop(agent_id, None)
        if old is not None:
            del self._kinds[old.agent.languages, old.agent.skills][agent_id]

    def carry(self, agent_id: UUID, load: Load) -> None:
        """Take over what an agent carries now."""
        self._seats[agent_id].carry(load)

    def seat(self, agent_id: UUID) -> Seat | None:
        """Where that agent sits."""
        return self._seats.get(agent_id)

    def seats(self) -> Collection[Seat]:
        """Everybody."""
        return self._seats.values()

    def best(
        self, count: int, needs: Needs, at: float, *, latest: float, case_s: float, but: Collection[Seat]
    ) -> tuple[list[Seat], dict[CandidateRejection, int]]:
        """The best among those who do not know the customer, and the others counted by why not.

        Those in time stand first, by units per capacity, then longest without a new case; then those too late, then
        those who cannot. `but`: who is looked at anyway.
        """
        in_time, late, full, away = list[Seat](), list[Seat](), list[Seat](), list[Seat]()
        unable: dict[CandidateRejection, list[Seat]] = {}
        excluded = self._of(needs.excluded).difference(but)
        declined = self._of(needs.declined).difference(excluded, but)
        barred, skip = list(excluded), excluded.union(declined, but)
        units, team = needs.units, needs.team_ref
        for (languages, skills), seats in self._kinds.items():
            lack = lacks(languages, skills, needs)
            lacking = [] if lack is None else unable.setdefault(lack, [])
            for seat in seats.values():
                if seat in skip:
                    continue
                if team is not None and seat.team_ref != team:
                    barred.append(seat)
                elif not seat.here:
                    away.append(seat)
                elif lack is not None:
                    lacking.append(seat)
                elif seat.free < units:
                    full.append(seat)
                elif seat.is_late(at, latest, case_s):
                    late.append(seat)
                else:
                    in_time.append(seat)
        able = {CandidateRejection.LOWER_TIER: in_time, CandidateRejection.NOT_IN_TIME: late}
        unable[CandidateRejection.EXCLUDED] = barred
        unable[CandidateRejection.DECLINED] = list(declined)
        unable[CandidateRejection.UNAVAILABLE] = away
        unable[CandidateRejection.CAPACITY] = full
        return _first(count, able, unable)

    def _of(self, agent_ids: Iterable[UUID]) -> set[Seat]:
        return {seat for seat in map(self.seat, agent_ids) if seat is not None}


def speaks(languages: frozenset[str], language: str | None) -> bool:
    """Whether who names these can answer in that language. `nl-BE` is `nl`; who names none is asked for any."""
    if language is None or not languages or language in languages:
        return True
    return _primary(language) in {_primary(known) for known in languages}


def lacks(languages: frozenset[str], skills: frozenset[str], needs: Needs) -> CandidateRejection | None:
    """What of it somebody with these does not have."""
    if not needs.skills <= skills:
        return CandidateRejection.SKILL
    return None if speaks(languages, needs.language) else CandidateRejection.LANGUAGE


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()


def _first(
    count: int, able: dict[CandidateRejection, list[Seat]], unable: dict[CandidateRejection, list[Seat]]
) -> tuple[list[Seat], dict[CandidateRejection, int]]:
    """The first `count` of these groups, those who are able in the groups' order, and how many of each are left."""
    counts = {why: len(seats) for why, seats in (*able.items(), *unable.items())}
    kept: list[Seat] = []
    for why, seats in able.items():
        best = nsmallest(count - len(kept), seats, key=_BY_RANK)
        counts[why] -= len(best)
        kept += best
    if len(kept) < count:
        rest = [(seat.rank, why, seat) for why, seats in unable.items() for seat in seats]
        for _, why, seat in nsmallest(count - len(kept), rest):
            kept.append(seat)
            counts[why] -= 1
    return kept, {why: number for why, number in counts.items() if number}
