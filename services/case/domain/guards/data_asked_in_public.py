"""What we need to know of a customer is asked in private: a public answer says where, and does not ask it there."""

from __future__ import annotations

from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.vocabulary import GuardVerdict
from services.case.domain.guards import words
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """Whether it asks in public for personal data and names no private way."""
    del matter, policy
    said = draft.words
    if not draft.public or said.first(words.DATA) is None or said.first(words.PRIVATELY) is not None:
        return None
    if "?" not in draft.seen and said.first(words.ASKING) is None:
        return None
    capability = REPLY_CAPABILITIES.get(draft.channel)
    here = capability is not None and capability.private_reply_hours is not None
    way = "answer with visibility PRIVATE, the case stays one" if here else "say by which private way, such as a form"
    return Found(f"it asks for personal data where everybody reads along: {way}", GuardVerdict.WARN)
