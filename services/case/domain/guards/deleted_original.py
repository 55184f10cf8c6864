"""What its sender took back is not answered in public: that would bring it back."""

from __future__ import annotations

from contracts.vocabulary import ContentState, GuardVerdict
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """Whether it answers something that is gone."""
    del policy
    answered = matter.answered(draft)
    if answered is None or answered.text_state is not ContentState.REMOVED_BY_SENDER:
        return None
    verdict = GuardVerdict.BLOCK if draft.public else GuardVerdict.WARN
    return Found("its sender took back what it answers", verdict)
