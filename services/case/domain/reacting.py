"""A sign put on a contact instead of words: it asks nothing, so nobody has to move because of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.vocabulary import ContentState
from services.case.domain.case import Case
from services.case.domain.contact_facts import ContactReacted

_CLOSED = frozenset({ContentState.REMOVED_BY_SENDER, ContentState.REDACTED, ContentState.EXPIRED, ContentState.ERASED})


def react(case: Case, *, contact_id: UUID, emoji: str | None, reacted_at: datetime, at: datetime) -> None:
    """Take note of the sign, or that it was taken off (None). The latest one counts, whenever it was heard of.

    Of a contact that is gone, redacted or taken back nothing is noted any more.
    """
    contact = case.contacts.get(contact_id)
    if contact is None or case.erased or contact.text_state in _CLOSED:
        return
    known = contact.reacted_at
    if known is not None and (reacted_at < known or (reacted_at, emoji) == (known, contact.reaction)):
        return
    case.trigger_event(ContactReacted, timestamp=at, contact_id=contact_id, reacted_at=reacted_at, emoji=emoji)
