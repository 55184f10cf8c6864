"""That somebody is a customer is theirs to say: an answer in public does not confirm it."""

from __future__ import annotations

from contracts.vocabulary import GuardVerdict
from services.case.domain.guards import words
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """Whether it says in public what somebody has with us."""
    del matter, policy
    if not draft.public or draft.words.first(words.CONFIRMS) is None:
        return None
    return Found("it tells everybody that they are a customer", GuardVerdict.WARN)
