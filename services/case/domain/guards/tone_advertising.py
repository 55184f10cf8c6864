"""A reply helps; it sells nothing."""

from __future__ import annotations

from contracts.vocabulary import GuardVerdict
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """Whether such words stand in it."""
    del matter
    found = draft.words.first(policy.words.advertising) is not None
    return Found("it advertises", GuardVerdict.WARN) if found else None
