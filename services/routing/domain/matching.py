"""Who takes a case: a pure function of the case, the agents, their loads and who knows the customer.

The same inputs always give the same decision, whatever their order, so that a decision can be replayed and explained.
Channels play no part in who may answer: every agent may answer on every channel.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from contracts.vocabulary import AssignmentReason, CandidateRejection, Presence, RoutingTier

POLICY_VERSION = "continuity-1"
"""Named in every decision. Another policy is another version, so that old decisions stay explained."""

RECENT_DAYS = 90
CANDIDATES_COUNT_MAX = 50
OTHERS_KEPT_COUNT = 20
"""Above CANDIDATES_COUNT_MAX agents a decision keeps those of the upper tiers, so many others, and counts the rest."""

REASONS = {
    RoutingTier.CASE_ASSIGNEE: AssignmentReason.OPEN_CASE,
    RoutingTier.OWNER: AssignmentReason.OWNER_IN_TIME,
    RoutingTier.PARTNER: AssignmentReason.PARTNER_IN_TIME,
    RoutingTier.RECENT: AssignmentReason.RECENT_IN_TIME,
    RoutingTier.LEAST_LOADED: AssignmentReason.LEAST_LOADED,
}
TIERS = tuple(REASONS)


class CaseRequest(msgspec.Struct, frozen=True):
    """The case to be decided. `units`: what it will weigh. `assignee_id`: who has it already and keeps it."""

    case_id: UUID
    customer_id: UUID
    units: int
    language: str | None = None
    skills: frozenset[str] = frozenset()
    assignee_id: UUID | None = None
    excluded: frozenset[UUID] = frozenset()


class AgentView(msgspec.Struct, frozen=True):
    """An agent as a decision sees one."""

    agent_id: UUID
    presence: Presence
    active: bool
    capacity_units: int
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()


class Load(msgspec.Struct, frozen=True):
    """What an agent carries: units of cases where we are to move. `assigned_at`: of the latest case given."""

    units: int = 0
    assigned_at: datetime | None = None


class Ownership(msgspec.Struct, frozen=True):
    """Who knows the customer. `open_case_ids`: assignees of the customer's other open cases, latest case first.

    `handled`: when each agent was last in touch with the customer.
    """

    open_case_ids: tuple[UUID, ...] = ()
    owner_id: UUID | None = None
    partner_id: UUID | None = None
    handled: Mapping[UUID, datetime] = {}


class Candidate(msgspec.Struct, frozen=True):
    """One agent who was looked at, and why not chosen; None: chosen."""

    agent_id: UUID
    tier: RoutingTier
    rejected: CandidateRejection | None


class Decision(msgspec.Struct, frozen=True):
    """Who takes the case and why. `rejections`: counts per reason of the candidates left out of the list."""

    agent_id: UUID | None
    tier: RoutingTier | None
    reason: AssignmentReason
    candidates: tuple[Candidate, ...]
    rejections: dict[str, int]
    policy_version: str


class _Ranked(msgspec.Struct, frozen=True):
    rank: tuple[int, int, float, float, int]
    agent_id: UUID
    tier: RoutingTier
    rejected: CandidateRejection | None


def route(
    request: CaseRequest,
    now: datetime,
    agents: Sequence[AgentView],
    *,
    loads: Mapping[UUID, Load],
    ownership: Ownership,
    policy_version: str = POLICY_VERSION,
) -> Decision:
    """Decide who takes a case: the highest tier with somebody who may, can and is there; else nobody for now.

    Tiers: who has the case already (always, while with us), the assignee of another open case of the customer, the
    owner, the partner, who was in touch within RECENT_DAYS (latest first), the least loaded of all. Within a tier:
    open units per capacity, then longest without a new case, then agent id. Capacity, skills and language are never
    skipped, except that a case stays with the one who has it.
    """
    ranked = sorted(
        (_ranked(agent, loads.get(agent.agent_id, Load()), request, ownership, now) for agent in agents),
        key=lambda one: one.rank,
    )
    chosen = next((one for one in ranked if one.rejected is None), None)
    candidates, rejections = _kept([_rejected_unless(one, chosen) for one in ranked])
    return Decision(
        agent_id=None if chosen is None else chosen.agent_id,
        tier=None if chosen is None else chosen.tier,
        reason=AssignmentReason.NOBODY_AVAILABLE if chosen is None else REASONS[chosen.tier],
        candidates=candidates,
        rejections=rejections,
        policy_version=policy_version,
    )


def speaks(agent: AgentView, language: str | None) -> bool:
    """Whether the agent can answer in that language. `nl-BE` is `nl`; who names no languages is asked for any."""
    if language is None or not agent.languages:
        return True
    return _primary(language) in {_primary(known) for known in agent.languages}


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()


def _ranked(agent: AgentView, load: Load, request: CaseRequest, ownership: Ownership, now: datetime) -> _Ranked:
    tier, place = _tier(agent.agent_id, request, ownership, now)
    rejected = _rejection(agent, load, request)
    ratio = load.units / agent.capacity_units if agent.capacity_units else float("inf")
    # Who never got a case has been idle longest.
    idle = float("-inf") if load.assigned_at is None else load.assigned_at.timestamp()
    # Who may take it stands before who may not, so that a shortened list keeps the best.
    rank = (TIERS.index(tier) * 2 + (rejected is not None), place, ratio, idle, agent.agent_id.int)
    return _Ranked(rank=rank, agent_id=agent.agent_id, tier=tier, rejected=rejected)


def _tier(agent_id: UUID, request: CaseRequest, ownership: Ownership, now: datetime) -> tuple[RoutingTier, int]:
    """The agent's strongest tier and the place within it, lower first."""
    if agent_id == request.assignee_id:
        return RoutingTier.CASE_ASSIGNEE, -1
    # Where the owner is at another matter of the customer's, ownership speaks, and no other open case against it.
    if agent_id in ownership.open_case_ids and ownership.owner_id not in ownership.open_case_ids:
        return RoutingTier.CASE_ASSIGNEE, ownership.open_case_ids.index(agent_id)
    if agent_id == ownership.owner_id:
        return RoutingTier.OWNER, 0
    if agent_id == ownership.partner_id:
        return RoutingTier.PARTNER, 0
    handled_at = ownership.handled.get(agent_id)
    if handled_at is not None and now - handled_at <= timedelta(days=RECENT_DAYS):
        return RoutingTier.RECENT, (now - handled_at) // timedelta(microseconds=1)
    return RoutingTier.LEAST_LOADED, 0


def _rejection(agent: AgentView, load: Load, request: CaseRequest) -> CandidateRejection | None:
    if agent.agent_id == request.assignee_id and agent.active:
        return None
    checks = (
        (agent.agent_id in request.excluded, CandidateRejection.EXCLUDED),
        (not agent.active or agent.presence is not Presence.ONLINE, CandidateRejection.UNAVAILABLE),
        (not request.skills <= agent.skills, CandidateRejection.SKILL),
        (not speaks(agent, request.language), CandidateRejection.LANGUAGE),
        (load.units + request.units > agent.capacity_units, CandidateRejection.CAPACITY),
    )
    return next((why for fails, why in checks if fails), None)


def _rejected_unless(one: _Ranked, chosen: _Ranked | None) -> Candidate:
    rejected = one.rejected
    if rejected is None and one is not chosen:
        rejected = CandidateRejection.LOWER_TIER
    return Candidate(agent_id=one.agent_id, tier=one.tier, rejected=rejected)


def _kept(candidates: Sequence[Candidate]) -> tuple[tuple[Candidate, ...], dict[str, int]]:
    if len(candidates) <= CANDIDATES_COUNT_MAX:
        return tuple(candidates), {}
    known = [one for one in candidates if one.tier is not RoutingTier.LEAST_LOADED][:CANDIDATES_COUNT_MAX]
    others = [one for one in candidates if one.tier is RoutingTier.LEAST_LOADED]
    # A chosen one who is among the others is the first of them.
    left_out = [*others[OTHERS_KEPT_COUNT:], *candidates[len(known) : len(candidates) - len(others)]]
    counts = Counter(str(one.rejected) for one in left_out)
    return (*known, *others[:OTHERS_KEPT_COUNT]), dict(sorted(counts.items()))
