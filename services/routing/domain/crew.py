"""The agents as decisions see them, and an index over all of them that is kept between decisions."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from heapq import nsmallest
from math import inf
from operator import attrgetter
from typing import TypeAlias
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

    `rank`: units per capacity, then longest without a new case, then the id; lower first. `start`, `end`: of the duty
    that was last asked for, in UTC seconds; `pause`, `next_end`: until the following one begins, and when that ends.
    `kind`: what the agent can, as the crew counts such.
    """

    __slots__ = (
        *("agent", "agent_id", "cases", "end", "free", "here", "kind", "load", "next_end", "pause", "rank", "start"),
        "team_ref",
    )

    def __init__(self, agent: AgentView, load: Load, kind: int) -> None:
        self.agent = agent
        self.kind = kind
        self.agent_id = agent.agent_id
        self.team_ref = agent.team_ref
        self.here = agent.active and agent.presence is Presence.ONLINE
        self.start, self.end, self.pause, self.next_end = inf, -inf, inf, -inf
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

        The duty of the moment is remembered with the one that follows, since every decision asks for them.
        """
        begin = at + self.cases * case_s
        if begin > latest:
            return True
        if not self.start <= at < self.end:
            duty = self.agent.duty
            span = None if duty is None else duty.span_at(at)
            if duty is None or span is None:  # there without a roster, or out of hours: taken to stay
                return False
            self.start, self.end = span
            follows = duty.next_start(self.end)
            self.pause, self.next_end = inf, -inf
            if follows is not None and (following := duty.span_at(follows)) is not None:
                self.pause, self.next_end = follows - self.end, following[1]
        if begin < self.end:
            return False
        if begin + self.pause < self.next_end:  # what is left at the end of the duty goes on with the next one
            return begin + self.pause > latest
        later = could_begin(at, self.agent.duty, self.cases * case_s)
        return later is None or later > latest


Ranked: TypeAlias = tuple[Seat, CandidateRejection | None]
"""Somebody, and why that one cannot take the case now."""


class Crew:
    """Everybody who may take cases, those who are here in the order of their ranks, and by what they can.

    So a decision asks once per kind of agent who can do it, and finds the best first.
    """

    def __init__(self, agents: Iterable[AgentView], loads: Mapping[UUID, Load]) -> None:
        self._kinds: dict[tuple[frozenset[str], frozenset[str]], int] = {}
        seats = [self._made(agent, loads.get(agent.agent_id, NO_LOAD)) for agent in agents]
        self._seats = {seat.agent_id: seat for seat in seats}
        self._here = sorted((seat for seat in seats if seat.here), key=_BY_RANK)
        self._away = {seat.agent_id: seat for seat in seats if not seat.here}

    @property
    def rostered(self) -> bool:
        """Whether anybody has a roster: without any nobody can tell who comes, so nobody is waited for."""
        return any(seat.agent.duty is not None for seat in self._seats.values())

    def has_team(self, team_ref: str | None) -> bool:
        """Whether anybody who is with us is in that team."""
        return any(seat.team_ref == team_ref and seat.agent.active for seat in self._seats.values())

    def __len__(self) -> int:
        return len(self._seats)

    def put(self, agent: AgentView, load: Load = NO_LOAD) -> None:
        """Take in an agent, or what is new about one."""
        self.leave(agent.agent_id)
        seat = self._seats[agent.agent_id] = self._made(agent, load)
        if seat.here:
            insort(self._here, seat, key=_BY_RANK)
        else:
            self._away[agent.agent_id] = seat

    def leave(self, agent_id: UUID) -> None:
        """Let go of an agent, if it is one of them."""
        old = self._seats.pop(agent_id, None)
        if old is not None and self._away.pop(agent_id, None) is None:
            self._take_out(old)

    def carry(self, agent_id: UUID, load: Load) -> None:
        """Take over what an agent carries now."""
        seat = self._seats[agent_id]
        if seat.here:
            self._take_out(seat)
        seat.carry(load)
        if seat.here:
            insort(self._here, seat, key=_BY_RANK)

    def _made(self, agent: AgentView, load: Load) -> Seat:
        return Seat(agent, load, self._kinds.setdefault((agent.languages, agent.skills), len(self._kinds)))

    def _take_out(self, seat: Seat) -> None:
        del self._here[bisect_left(self._here, seat.rank, key=_BY_RANK)]  # no two are of one rank

    def seat(self, agent_id: UUID) -> Seat | None:
        """Where that agent sits."""
        return self._seats.get(agent_id)

    def seats(self) -> Collection[Seat]:
        """Everybody."""
        return self._seats.values()

    def best(
        self, count: int, needs: Needs, at: float, *, latest: float, case_s: float, but: Collection[Seat]
    ) -> tuple[list[Ranked], dict[CandidateRejection, int]]:
        """The best among those who do not know the customer, and the others counted by why not.

        Those in time stand first, by units per capacity, then longest without a new case; then those too late, then
        those who cannot. `but`: who is looked at anyway.
        """
        in_time, late, full = list[Seat](), list[Seat](), list[Seat]()
        excluded = self._of(needs.excluded).difference(but)
        declined = self._of(needs.declined).difference(excluded, but)
        barred, skip = list(excluded), excluded.union(declined, but)
        units, team = needs.units, needs.team_ref
        lack_of = [lacks(languages, skills, needs) for languages, skills in self._kinds]
        unable: dict[CandidateRejection, list[Seat]] = {lack: [] for lack in lack_of if lack is not None}
        for seat in self._here:
            if seat in skip:
                continue
            if team is not None and seat.team_ref != team:
                barred.append(seat)
            elif (lack := lack_of[seat.kind]) is not None:
                unable[lack].append(seat)
            elif seat.free < units:
                full.append(seat)
            # Nearly all are at work until after they would begin: that is told here, without a call for each.
            elif (begin := at + seat.cases * case_s) > latest:
                late.append(seat)
            elif seat.start <= at and begin < seat.end:
                in_time.append(seat)
            else:
                (late if seat.is_late(at, latest, case_s) else in_time).append(seat)
        away = [seat for seat in self._away.values() if seat not in skip]
        if team is not None:
            barred += [seat for seat in away if seat.team_ref != team]
            away = [seat for seat in away if seat.team_ref == team]
        unable |= {
            CandidateRejection.EXCLUDED: barred,
            CandidateRejection.DECLINED: list(declined),
            CandidateRejection.UNAVAILABLE: away,
            CandidateRejection.CAPACITY: full,
        }
        return _first(count, {CandidateRejection.LOWER_TIER: in_time, CandidateRejection.NOT_IN_TIME: late}, unable)

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
) -> tuple[list[Ranked], dict[CandidateRejection, int]]:
    """The first `count` of these groups, those who are able in the groups' order, and how many of each are left.

    Of those who are able the best come first.
    """
    counts = {why: len(seats) for why, seats in (*able.items(), *unable.items())}
    kept: list[Ranked] = []
    for why, seats in able.items():
        best = seats[: count - len(kept)]
        counts[why] -= len(best)
        kept += [(seat, None) for seat in best]
    if len(kept) < count:
        rest = [(seat.rank, why, seat) for why, seats in unable.items() for seat in seats]
        for _, why, seat in nsmallest(count - len(kept), rest):
            kept.append((seat, why))
            counts[why] -= 1
    return kept, {why: number for why, number in counts.items() if number}
