"""Service comes before wit: who complains gets no joke, and in a mail it does not smile. Elsewhere it may."""

from __future__ import annotations

from contracts.vocabulary import Channel, GuardVerdict, TriageClass
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy

_FACES = frozenset("\U0001f602\U0001f923\U0001f606\U0001f61c\U0001f61d\U0001f92a\U0001f61b")


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """Whether it laughs at a complaint, or by mail."""
    if not _FACES & set(draft.seen) and draft.words.first(policy.words.joking) is None:
        return None
    answered = matter.answered(draft)
    if answered is not None and answered.class_ is TriageClass.COMPLAINT:
        return Found("it jokes where somebody complains: help first", GuardVerdict.WARN)
    if draft.channel is Channel.EMAIL:
        return Found("it jokes in a mail, where nobody sees it smile", GuardVerdict.WARN)
    return None
