"""Nothing that tells the public who a customer is, or more of them, is said in public. No brand can allow it."""

from __future__ import annotations

from contracts.vocabulary import GuardVerdict
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy
from services.case.domain.publicity import personal_data


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """What of it would be spread, by kind."""
    del policy
    found = personal_data(draft.text, matter.known) if draft.public else ()
    return Found(f"everybody would read {', '.join(found)}", GuardVerdict.BLOCK) if found else None
