"""Who praises us gets no apology. A person may mean it; a machine has not read what it answers."""

from __future__ import annotations

from contracts.vocabulary import GuardVerdict
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """Whether it says sorry to praise."""
    if not matter.answers_praise(draft) or draft.words.first(policy.words.apology) is None:
        return None
    verdict = GuardVerdict.BLOCK if draft.author.is_machine else GuardVerdict.WARN
    return Found("it says sorry to somebody who praises us", verdict)
