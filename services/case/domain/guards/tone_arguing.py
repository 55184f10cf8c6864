"""In public we do not argue, whoever began: a correction says what is so, not what somebody is."""

from __future__ import annotations

from contracts.vocabulary import GuardVerdict
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """Whether such words stand in it."""
    del matter
    found = draft.public and draft.words.first(policy.words.arguing) is not None
    return Found("it argues where everybody reads along", GuardVerdict.WARN) if found else None
