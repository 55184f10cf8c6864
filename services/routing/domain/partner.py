"""Who makes a good partner: the colleague whose roster overlaps least with the owner's and who can do the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from contracts.working_time import WorkingTime
from services.routing.domain.crew import AgentView

NEAR = 0.95
"""Colleagues who add nearly as much as the best one share the customers, so that nobody is everybody's partner."""


def good_partners(owner: AgentView, colleagues: Iterable[AgentView], patience_s: float) -> tuple[UUID, ...]:
    """Who could be the partner of that owner; nobody, where nobody adds anything.

    Of those who can answer in the owner's languages, the ones who share most skills; of these, who makes a customer
    reach one of the two most often: somebody on duty within `patience_s` of the moment the customer writes. Where all
    work as long, that is who overlaps least.
    """
    if owner.duty is None:
        return ()
    able = [one for one in colleagues if one.agent_id != owner.agent_id and one.active and _share_language(owner, one)]
    most = max((len(one.skills & owner.skills) for one in able), default=0)
    reached = owner.duty.reachable_from(patience_s)
    added = {one.agent_id: _added(one, reached, patience_s) for one in able if len(one.skills & owner.skills) == most}
    best = max(added.values(), default=0.0)
    return tuple(sorted(agent_id for agent_id, time_s in added.items() if 0 < best * NEAR <= time_s))


def propose_partner(good: Sequence[UUID], customer_id: UUID) -> UUID | None:
    """The one of the good partners for this customer: always the same one, and each for about as many customers."""
    return min(good, key=lambda agent_id: agent_id.int ^ customer_id.int, default=None)


def _share_language(one: AgentView, other: AgentView) -> bool:
    return not one.languages or not other.languages or bool(one.languages & other.languages)


def _added(colleague: AgentView, reached: WorkingTime, patience_s: float) -> float:
    if colleague.duty is None:
        return 0.0
    theirs = colleague.duty.reachable_from(patience_s)
    return theirs.seconds() - theirs.overlap_s(reached)
