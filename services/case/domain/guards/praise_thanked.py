"""Who praises us in public is thanked, shortly and in person."""

from __future__ import annotations

from contracts.vocabulary import GuardVerdict
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy

SHORT_LENGTH_MAX = 280
_HEARTS = frozenset("\u2764\u2665\U0001f49b\U0001f499\U0001f49a\U0001f64f\U0001f917\U0001f60d")


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """Whether it answers public praise at length, or without a thank-you."""
    if not (draft.public and matter.answers_praise(draft)):
        return None
    if not _HEARTS & set(draft.text) and draft.words.first(policy.words.thanks) is None:
        return Found("it answers praise and says no thanks", GuardVerdict.WARN)
    if len(draft.text) > SHORT_LENGTH_MAX:
        return Found(f"praise gets a short thank-you: at most {SHORT_LENGTH_MAX} characters", GuardVerdict.WARN)
    return None
