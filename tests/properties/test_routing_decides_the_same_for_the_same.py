"""The routing policy's promises, for any agents, loads and histories."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.vocabulary import AssignmentReason, CandidateRejection, Presence, RoutingTier
from services.routing.domain.crew import AgentView, Crew, Load, speaks
from services.routing.domain.matching import (
    CANDIDATES_COUNT_MAX,
    Decision,
    route,
)
from services.routing.domain.tiers import CaseRequest, Ownership

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LANGUAGES = ("nl", "en", "nl-BE")
SKILLS = ("billing", "technical")


def id_number(number: int) -> UUID:
    return UUID(int=number)


ids = st.integers(0, 12).map(id_number)
moments = st.integers(0, 200 * 24).map(lambda hours: NOW - timedelta(hours=hours))


class World(msgspec.Struct, frozen=True):
    request: CaseRequest
    agents: tuple[AgentView, ...]
    loads: dict[UUID, Load]
    ownership: Ownership

    def decide(self, agents: Sequence[AgentView] | None = None) -> Decision:
        chosen = self.agents if agents is None else agents
        return route(self.request, NOW, Crew(chosen, self.loads), ownership=self.ownership)


agents_drawn = st.builds(
    AgentView,
    agent_id=ids,
    presence=st.sampled_from(Presence),
    active=st.booleans(),
    capacity_units=st.integers(0, 6),
    languages=st.frozensets(st.sampled_from(LANGUAGES)),
    skills=st.frozensets(st.sampled_from(SKILLS)),
)
worlds = st.builds(
    World,
    request=st.builds(
        CaseRequest,
        case_id=st.just(id_number(99)),
        customer_id=st.just(id_number(98)),
        units=st.integers(0, 4),
        language=st.none() | st.sampled_from(LANGUAGES),
        skills=st.frozensets(st.sampled_from(SKILLS)),
        assignee_id=st.none() | ids,
        excluded=st.frozensets(ids, max_size=2),
    ),
    agents=st.lists(agents_drawn, max_size=10, unique_by=lambda agent: agent.agent_id).map(tuple),
    loads=st.dictionaries(ids, st.builds(Load, units=st.integers(0, 6), assigned_at=st.none() | moments)),
    ownership=st.builds(
        Ownership,
        open_case_ids=st.lists(ids, max_size=3, unique=True).map(tuple),
        owner_id=st.none() | ids,
        partner_id=st.none() | ids,
        handled=st.dictionaries(ids, moments, max_size=4),
    ),
)


@given(worlds, st.randoms())
@settings(deadline=None)
def test_the_order_of_agents_changes_nothing_and_a_replay_decides_the_same(world: World, chance: object) -> None:
    shuffled = list(world.agents)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis's own source of chance
    assert world.decide() == world.decide(shuffled) == world.decide()


@given(worlds)
@settings(deadline=None)
def test_every_candidate_but_the_chosen_one_has_a_reason(world: World) -> None:
    decision = world.decide()
    assert len(decision.candidates) == len(world.agents)
    assert {one.agent_id for one in decision.candidates if one.rejected is None} == (
        set() if decision.agent_id is None else {decision.agent_id}
    )
    assert (decision.reason is AssignmentReason.NOBODY_AVAILABLE) == (decision.agent_id is None)


@given(worlds)
@settings(deadline=None)
def test_whoever_is_chosen_may_can_and_is_there(world: World) -> None:
    decision = world.decide()
    if decision.agent_id is None:
        return
    (chosen,) = [agent for agent in world.agents if agent.agent_id == decision.agent_id]
    assert chosen.active
    if chosen.agent_id == world.request.assignee_id:
        assert decision.reason is AssignmentReason.OPEN_CASE
        return
    assert chosen.presence is Presence.ONLINE
    assert chosen.agent_id not in world.request.excluded
    assert world.request.skills <= chosen.skills
    assert speaks(chosen.languages, world.request.language)
    carried = world.loads.get(chosen.agent_id, Load()).units
    assert carried + world.request.units <= chosen.capacity_units


@given(worlds, agents_drawn)
@settings(deadline=None)
def test_another_agent_never_leaves_a_case_to_nobody(world: World, newcomer: AgentView) -> None:
    others = tuple(agent for agent in world.agents if agent.agent_id != newcomer.agent_id)
    if world.decide(others).agent_id is not None:
        assert world.decide((*others, newcomer)).agent_id is not None


@given(worlds)
@settings(deadline=None)
def test_nobody_is_passed_over_for_a_lower_tier(world: World) -> None:
    decision = world.decide()
    if decision.tier is None:
        return
    tiers = list(RoutingTier)
    passed = [one for one in decision.candidates if tiers.index(one.tier) < tiers.index(decision.tier)]
    assert all(one.rejected not in (None, CandidateRejection.LOWER_TIER) for one in passed)


@given(worlds)
@settings(deadline=None)
def test_the_owner_gets_the_case_when_there_unless_another_open_case_speaks_for_somebody_else(world: World) -> None:
    decision = world.decide()
    owner = world.ownership.owner_id
    standing = [one for one in decision.candidates if one.agent_id == owner]
    if standing and standing[0].rejected is CandidateRejection.LOWER_TIER:
        assert decision.tier is RoutingTier.CASE_ASSIGNEE
        assert decision.agent_id == world.request.assignee_id or owner not in world.ownership.open_case_ids


@given(worlds)
@settings(deadline=None)
def test_other_names_for_the_agents_change_nothing_but_ties(world: World) -> None:
    """Shifting every id keeps the order of ids, so the decision is the same one, shifted."""

    def shifted(agent_id: UUID) -> UUID:
        return UUID(int=agent_id.int + 1000)

    def maybe(agent_id: UUID | None) -> UUID | None:
        return None if agent_id is None else shifted(agent_id)

    request = msgspec.structs.replace(
        world.request,
        assignee_id=maybe(world.request.assignee_id),
        excluded=frozenset(map(shifted, world.request.excluded)),
    )
    moved = World(
        request=request,
        agents=tuple(msgspec.structs.replace(agent, agent_id=shifted(agent.agent_id)) for agent in world.agents),
        loads={shifted(agent_id): load for agent_id, load in world.loads.items()},
        ownership=Ownership(
            open_case_ids=tuple(map(shifted, world.ownership.open_case_ids)),
            owner_id=maybe(world.ownership.owner_id),
            partner_id=maybe(world.ownership.partner_id),
            handled={shifted(agent_id): at for agent_id, at in world.ownership.handled.items()},
        ),
    )
    ours, theirs = world.decide(), moved.decide()
    assert maybe(ours.agent_id) == theirs.agent_id
    assert (ours.tier, ours.reason) == (theirs.tier, theirs.reason)


@given(st.integers(CANDIDATES_COUNT_MAX + 1, 300), st.integers(0, 299), st.integers(1, 20))
@settings(deadline=None, max_examples=30)
def test_a_long_list_is_shortened_and_what_is_left_out_is_counted(count: int, owner: int, capacity: int) -> None:
    agents = [
        AgentView(
            agent_id=id_number(number),
            presence=Presence.ONLINE if number % 2 else Presence.AWAY,
            active=True,
            capacity_units=capacity,
        )
        for number in range(count)
    ]
    request = CaseRequest(case_id=id_number(999), customer_id=id_number(998), units=1)
    decision = route(request, NOW, Crew(agents, {}), ownership=Ownership(owner_id=id_number(owner)))
    assert len(decision.candidates) <= CANDIDATES_COUNT_MAX
    assert len(decision.candidates) + sum(decision.rejections.values()) == count
    assert decision.agent_id in {one.agent_id for one in decision.candidates}
    if owner < count:
        assert id_number(owner) in {one.agent_id for one in decision.candidates}
    assert set(decision.rejections) <= {"UNAVAILABLE", "LOWER_TIER"}
