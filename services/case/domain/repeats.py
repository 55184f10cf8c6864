"""Customers who have to come back: seen, shown to whoever has the case, and never a reason to be served before others.

A case gets a tag, so that people find it and do something else this time. Neither its clocks nor its priority change:
who asks twice, or louder, or in public, is not helped sooner for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from contracts.vocabulary import Direction
from services.case.domain.case import Case
from services.case.domain.case_contact import ContactToAttach, subject_of
from services.case.domain.handling import TAGS_COUNT_MAX
from services.case.domain.handling_facts import TagsSet
from services.case.domain.reopening import KnownCase

REPEAT_CONTACT = "repeat-contact"
"""The matter was resolved, the customer says it is not."""
SECOND_CHANNEL = "second-channel"
"""Nobody has answered yet, and the customer tries elsewhere."""
_REPLY_PREFIX = re.compile(r"^\s*(?:(?:re|fw|fwd|aw|wg|sv|antw|doorst)\s*:\s*)+", re.IGNORECASE)


def returns(case: Case, contact: ContactToAttach) -> str | None:
    """What a contact shows that is about to go to this case, if anything."""
    if contact.direction is not Direction.INBOUND:
        return None
    if case.is_resolved:
        return REPEAT_CONTACT
    heard_on = {each.channel for each in case.contacts.values() if each.direction is Direction.INBOUND}
    if heard_on and contact.channel not in heard_on and not case.waits_for_customer:
        return SECOND_CHANNEL
    return None


def begins_again(known: Iterable[KnownCase], contact: ContactToAttach, repeat_days: int) -> str | None:
    """What a contact shows for which a new case is opened: that the same matter was resolved not long ago."""
    subject = _matter(subject_of(contact.content))
    if subject is None or contact.direction is not Direction.INBOUND:
        return None
    since = contact.occurred_at - timedelta(days=repeat_days)
    same = (case for case in known if case.resolved_at is not None and case.resolved_at >= since)
    return REPEAT_CONTACT if any(_matter(case.subject) == subject for case in same) else None


def mark(case: Case, tag: str | None, *, at: datetime) -> None:
    """Show it; the same again is no news."""
    tags = tuple(sorted({*case.tags, *(() if tag is None else (tag,))}))
    if tags != case.tags and len(tags) <= TAGS_COUNT_MAX:
        case.trigger_event(TagsSet, timestamp=at, customer_id=case.customer_id, tags=tags)


def _matter(subject: str | None) -> str | None:
    """A subject as it is compared."""
    return None if subject is None else " ".join(_REPLY_PREFIX.sub("", subject).casefold().split()) or None
