"""Who knows a customer, and how well: the tiers a decision goes through, best first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from contracts.vocabulary import RoutingTier
from services.routing.domain.policy import Policy

TIERS = (
    RoutingTier.CASE_ASSIGNEE,
    RoutingTier.OWNER,
    RoutingTier.PARTNER,
    RoutingTier.RECENT,
    RoutingTier.LEAST_LOADED,
)
OTHERS = TIERS.index(RoutingTier.LEAST_LOADED)
WAITED_FOR_COUNT = TIERS.index(RoutingTier.PARTNER) + 1
"""A case waits for somebody of the first tiers who comes in time, and for nobody else."""
OPEN_CASES_COUNT_MAX = 10
RECENT_COUNT_MAX = 15


class CaseRequest(msgspec.Struct, frozen=True):
    """The case to be decided. `units`: what it will weigh. `assignee_id`: who has it already and keeps it.

    `team_ref`: only for agents of that team. `declined`: who did not want it when it was offered.
    `deadline`: when somebody has to begin; None: nobody is waited for.
    """

    case_id: UUID
    customer_id: UUID
    units: int
    language: str | None = None
    skills: frozenset[str] = frozenset()
    assignee_id: UUID | None = None
    excluded: frozenset[UUID] = frozenset()
    declined: frozenset[UUID] = frozenset()
    team_ref: str | None = None
    deadline: datetime | None = None


class Ownership(msgspec.Struct, frozen=True):
    """Who knows the customer. `open_case_ids`: assignees of the customer's other open cases, latest case first.

    `handled`: when each agent was last in touch with the customer.
    """

    open_case_ids: tuple[UUID, ...] = ()
    owner_id: UUID | None = None
    partner_id: UUID | None = None
    handled: Mapping[UUID, datetime] = {}


def places(request: CaseRequest, ownership: Ownership, now: datetime, policy: Policy) -> dict[UUID, tuple[int, int]]:
    """The strongest tier of everybody who knows the customer, and the place within it, lower first."""
    recent = sorted(
        ((now - handled_at) // timedelta(microseconds=1), agent_id.int, agent_id)
        for agent_id, handled_at in ownership.handled.items()
        if now - handled_at <= timedelta(days=policy.recent_days)
    )
    tier = TIERS.index(RoutingTier.RECENT)
    places = {agent_id: (tier, ago) for ago, _, agent_id in recent[:RECENT_COUNT_MAX]}
    if not _forgotten(ownership, now, policy):
        for known_id, named in ((ownership.partner_id, RoutingTier.PARTNER), (ownership.owner_id, RoutingTier.OWNER)):
            if known_id is not None:
                places[known_id] = (TIERS.index(named), 0)
    # Where the owner is at another matter of the customer's, ownership speaks, and no other open case against it.
    if ownership.owner_id not in ownership.open_case_ids:
        for place, agent_id in enumerate(ownership.open_case_ids[:OPEN_CASES_COUNT_MAX]):
            places[agent_id] = (TIERS.index(RoutingTier.CASE_ASSIGNEE), place)
    if request.assignee_id is not None:
        places[request.assignee_id] = (TIERS.index(RoutingTier.CASE_ASSIGNEE), -1)
    return places


def _forgotten(ownership: Ownership, now: datetime, policy: Policy) -> bool:
    met_at = None if ownership.owner_id is None else ownership.handled.get(ownership.owner_id)
    return is_forgotten(met_at, now, policy)


def is_forgotten(met_at: datetime | None, now: datetime, policy: Policy) -> bool:
    """Whether the owner was not in touch with the customer for so long that it is no ownership any more."""
    return policy.owner_ttl_days is not None and met_at is not None and now - met_at > timedelta(policy.owner_ttl_days)
