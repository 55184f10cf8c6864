"""Nothing that tells the public who a customer is, or more of them, is said in public. No brand can allow it."""

from __future__ import annotations

from contracts.vocabulary import GuardVerdict
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy
from services.case.domain.publicity import personal_data


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """What of it would be spread, by kind: by what is seen of it, or by the name of a file that goes along."""
    del policy
    if not draft.public:
        return None
    said = personal_data(draft.seen, matter.known)
    named = [found for name in draft.file_names for found in personal_data(_apart(name), matter.known)]
    kinds = [*said, *(f"{found} in the name of a file" for found in dict.fromkeys(named))]
    return Found(f"everybody would read {', '.join(kinds)}", GuardVerdict.BLOCK) if kinds else None


def _apart(name: str) -> str:
    """The name of a file as words: it has underscores where a text has spaces."""
    return name.replace("_", " ")
