"""Nobody is told the same twice in a row: it reads as a machine."""

from __future__ import annotations

from contracts.vocabulary import DeliveryStatus, Direction, GuardVerdict
from services.case.domain.folded_text import words_of
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy

_NEVER_LEFT = frozenset({DeliveryStatus.FAILED, DeliveryStatus.CANCELLED})


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """Whether our last answer in the case, by the same account to as many readers, said the same."""
    del policy
    for contact in reversed(matter.contacts):
        if contact.direction is not Direction.OUTBOUND or contact.delivery_status in _NEVER_LEFT:
            continue
        place = (contact.channel, contact.account, contact.visibility)
        if place != (draft.channel, draft.account, draft.visibility):
            continue
        if contact.text and words_of(contact.text) in (words_of(draft.text), words_of(draft.as_read)):
            return Found("our last answer said the same", GuardVerdict.WARN)
        return None
    return None
