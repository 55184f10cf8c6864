"""Two people do not answer the same: a colleague has just done so, or is about to."""

from __future__ import annotations

from contracts.vocabulary import DeliveryStatus, Direction, GuardVerdict
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy

_NEVER_LEFT = frozenset({DeliveryStatus.FAILED, DeliveryStatus.CANCELLED})


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """Whether a colleague answered moments ago, or writes an answer now."""
    if matter.writing:
        return Found("a colleague writes an answer now", GuardVerdict.WARN)
    since = matter.at - policy.double_reply_within
    for contact in matter.contacts:
        ours = contact.direction is Direction.OUTBOUND and contact.delivery_status not in _NEVER_LEFT
        if ours and contact.occurred_at > since and contact.agent_ref != draft.author.ref:
            return Found("a colleague answered moments ago", GuardVerdict.WARN)
    return None
