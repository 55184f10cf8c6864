"""Nobody is told that it is their own fault, or that it was said before."""

from __future__ import annotations

from contracts.vocabulary import GuardVerdict
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """Whether such words stand in it."""
    del matter
    found = draft.words.first(policy.words.blame) is not None
    return Found("it blames the customer", GuardVerdict.WARN) if found else None
