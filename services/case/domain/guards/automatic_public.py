"""A machine says nothing in public by itself: somebody looks at it first, or it stays here."""

from __future__ import annotations

from contracts.vocabulary import GuardVerdict
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """Whether nobody wrote it and everybody would read it."""
    del matter, policy
    if not (draft.public and draft.author.is_machine):
        return None
    return Found("nobody wrote it, and everybody would read it", GuardVerdict.SECOND_PERSON)
