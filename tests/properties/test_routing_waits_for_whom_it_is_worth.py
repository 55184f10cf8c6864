"""The ETA policy's promises, for any rosters, presences, loads and deadlines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.vocabulary import AssignmentReason, CandidateRejection, Presence, RoutingTier
from contracts.working_time import working_time
from services.routing.domain.crew import AgentView, Crew, Load
from services.routing.domain.matching import CANDIDATES_COUNT_MAX, Candidate, Decision, route
from services.routing.domain.policy import Policy
from services.routing.domain.tiers import CaseRequest, Ownership

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
POLICY = Policy(cases_per_hour=12)
MARGIN, PATIENCE, HEAD_START = (
    timedelta(minutes=minutes) for minutes in (POLICY.hold_margin_min, POLICY.patience_min, POLICY.head_start_min)
)


def seconds(hours: float) -> float:
    return NOW.timestamp() + hours * 3600


ids = st.integers(0, 8).map(lambda number: UUID(int=number))
quarters = st.integers(-32, 96).map(lambda quarter: seconds(quarter / 4))
duties = st.none() | st.lists(st.tuples(quarters, quarters), max_size=4).map(working_time)
agents_drawn = st.builds(
    AgentView,
    agent_id=ids,
    presence=st.sampled_from(Presence),
    active=st.sampled_from((True, True, False)),
    capacity_units=st.integers(1, 6),
    skills=st.sampled_from((frozenset({"billing"}), frozenset[str]())),
    since=st.none() | st.integers(-32, 0).map(lambda quarter: seconds(quarter / 4)),
    duty=duties,
)


class World(msgspec.Struct, frozen=True):
    request: CaseRequest
    agents: tuple[AgentView, ...]
    loads: dict[UUID, Load]
    ownership: Ownership

    def decide(self, at: datetime = NOW) -> Decision:
        return route(self.request, at, Crew(self.agents, self.loads), ownership=self.ownership, policy=POLICY)

    def agent(self, agent_id: UUID | None) -> AgentView:
        return next(agent for agent in self.agents if agent.agent_id == agent_id)

    def fits(self, agent: AgentView) -> bool:
        units = self.loads.get(agent.agent_id, Load()).units
        return units + self.request.units <= agent.capacity_units


worlds = st.builds(
    World,
    request=st.builds(
        CaseRequest,
        case_id=st.just(UUID(int=99)),
        customer_id=st.just(UUID(int=98)),
        units=st.integers(0, 3),
        skills=st.sampled_from((frozenset({"billing"}), frozenset[str]())),
        excluded=st.frozensets(ids, max_size=1),
        deadline=st.integers(-4, 24).map(lambda quarter: NOW + timedelta(minutes=15 * quarter)),
    ),
    agents=st.lists(agents_drawn, max_size=8, unique_by=lambda agent: agent.agent_id).map(tuple),
    loads=st.dictionaries(ids, st.integers(0, 6).map(lambda units: Load(units=units, cases=units))),
    ownership=st.builds(Ownership, owner_id=st.none() | ids, partner_id=st.none() | ids),
)


@given(worlds)
@settings(deadline=None)
def test_capacity_skills_and_exclusions_are_never_skipped(world: World) -> None:
    decision = world.decide()
    if decision.agent_id is not None:
        chosen = world.agent(decision.agent_id)
        assert chosen.active
        assert chosen.presence is Presence.ONLINE
        assert world.fits(chosen)
    for agent_id in {decision.agent_id, decision.held_for} - {None}:
        assert world.request.skills <= world.agent(agent_id).skills
        assert agent_id not in world.request.excluded


@given(worlds)
@settings(deadline=None)
def test_nobody_waits_for_somebody_who_will_not_come(world: World) -> None:
    """Each hold ends before the deadline less the margin, and at that moment no case is held any more."""
    at, decision, holds = NOW, world.decide(), 0
    assert world.request.deadline is not None
    while decision.held_until is not None:
        assert decision.agent_id is None
        assert decision.reason is AssignmentReason.HELD_FOR_OWNER
        assert decision.tier in {RoutingTier.OWNER, RoutingTier.PARTNER}
        assert at < decision.held_until <= world.request.deadline - MARGIN
        at, holds = decision.held_until, holds + 1
        decision = world.decide(at)
    assert holds <= 2 * 2 * (1 + 4), "at most twice a duty of owner and of partner"


@given(worlds)
@settings(deadline=None)
def test_an_owner_who_can_begin_in_time_is_preferred(world: World) -> None:
    """Unless the partner could much sooner, or the customer would wait much longer than for anybody else."""
    decision = world.decide()
    etas = {one.agent_id: one.eta for one in decision.candidates}
    owner = next((one for one in decision.candidates if one.tier is RoutingTier.OWNER), None)
    assert world.request.deadline is not None
    if owner is None or owner.eta is None or owner.rejected not in {CandidateRejection.NOT_IN_TIME, None}:
        assert owner is None or owner.rejected is not CandidateRejection.LOWER_TIER
        return
    taken = decision.agent_id or decision.held_for
    if taken == owner.agent_id or owner.eta > world.request.deadline - MARGIN or taken is None:
        return
    sooner = etas[taken]
    assert sooner is not None
    least = HEAD_START if decision.tier is RoutingTier.PARTNER else PATIENCE
    here = [one.eta for one in decision.candidates if one.tier is RoutingTier.LEAST_LOADED and one.eta is not None]
    partly = owner.eta - sooner > least or any(owner.eta - eta > PATIENCE for eta in here)
    at_the_margin = world.request.deadline - MARGIN <= NOW
    assert partly or at_the_margin


@given(worlds)
@settings(deadline=None)
def test_a_case_is_only_left_to_nobody_when_nobody_is_there_who_can(world: World) -> None:
    if world.decide().reason is AssignmentReason.NOBODY_AVAILABLE:
        for agent in world.agents:
            able = agent.active and agent.presence is Presence.ONLINE and world.request.skills <= agent.skills
            assert not able or not world.fits(agent) or agent.agent_id in world.request.excluded


@given(worlds)
@settings(deadline=None)
def test_without_a_deadline_nobody_is_waited_for(world: World) -> None:
    hurried = msgspec.structs.replace(world.request, deadline=None)
    decision = msgspec.structs.replace(world, request=hurried).decide()
    assert decision.held_until is None
    assert CandidateRejection.NOT_IN_TIME not in {one.rejected for one in decision.candidates}


@given(worlds, st.integers(CANDIDATES_COUNT_MAX, 120))
@settings(deadline=None, max_examples=30)
def test_the_index_over_many_agents_finds_whom_a_look_at_each_finds(world: World, count: int) -> None:
    """Repeats the agents under other ids: with more than fifty the decision goes through the index."""
    agents, loads = list(world.agents), dict(world.loads)
    for number in range(count if agents else 0):
        copied = world.agents[number % len(world.agents)]
        agent_id = UUID(int=1000 + number)
        agents.append(msgspec.structs.replace(copied, agent_id=agent_id))
        loads[agent_id] = world.loads.get(copied.agent_id, Load())
    many = World(world.request, tuple(agents), loads, world.ownership)
    decision = many.decide()
    assert len(decision.candidates) + sum(decision.rejections.values()) == len(agents)
    alone = {one.agent_id: (one.rejected, one.tier) for one in _in_parts(many)}
    for one in decision.candidates:
        if {one.rejected, alone[one.agent_id][0]} <= {CandidateRejection.SKILL, CandidateRejection.CAPACITY}:
            assert (one.rejected, one.tier) == alone[one.agent_id]
    if decision.agent_id is not None:
        assert alone[decision.agent_id][0] not in {CandidateRejection.CAPACITY, CandidateRejection.SKILL}


def _in_parts(world: World) -> list[Candidate]:
    """Every agent's standing from decisions of at most fifty agents."""
    size = CANDIDATES_COUNT_MAX
    parts = [world.agents[at : at + size] for at in range(0, len(world.agents), size)]
    return [one for part in parts for one in msgspec.structs.replace(world, agents=part).decide().candidates]
