"""Words that make a bad mood worse: there is nearly always a better one. A hint, never more."""

from __future__ import annotations

from contracts.vocabulary import GuardVerdict
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """Whether such words stand in it. In private only where the brand says something."""
    del matter
    if draft.words.first(policy.words.coaching) is None:
        return None
    reason = "it has words that make a bad mood worse: say what happens now"
    return Found(reason, GuardVerdict.WARN if draft.public else None)
