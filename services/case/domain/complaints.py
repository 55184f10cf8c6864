"""Complaints are never left unanswered unseen: closing one without an answer says so, and the case gets a tag."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.vocabulary import ContentState, DeliveryStatus, Direction, ResolutionOutcome, TriageClass
from services.case.domain.case import Case
from services.case.domain.case_facts import ComplaintLeft
from services.case.domain.handling import TAGS_COUNT_MAX
from services.case.domain.handling_facts import TagsSet

UNANSWERED: Final = "unanswered-complaint"
"""The tag by which lists of cases find them."""
_NO_ANSWER: Final = frozenset({DeliveryStatus.FAILED, DeliveryStatus.CANCELLED})
_NO_COMPLAINT: Final = frozenset({ResolutionOutcome.DUPLICATE, ResolutionOutcome.SPAM})
"""It is answered elsewhere, or there is nobody to answer."""


def unanswered(case: Case) -> UUID | None:
    """The last complaint on the case that nothing of ours came after; None: there is none."""
    open_complaint = None
    for contact in sorted(case.contacts.values(), key=lambda each: (each.occurred_at, each.contact_id)):
        if contact.direction is Direction.OUTBOUND:
            if contact.delivery_status not in _NO_ANSWER:
                open_complaint = None
        elif contact.class_ is TriageClass.COMPLAINT and contact.text_state is not ContentState.REMOVED_BY_SENDER:
            open_complaint = contact.contact_id
    return open_complaint


def close(case: Case, outcome: ResolutionOutcome, at: datetime) -> None:
    """Say of a case that was just resolved whether a complaint goes without an answer."""
    left = None if outcome in _NO_COMPLAINT else unanswered(case)
    if left is not None:
        case.trigger_event(ComplaintLeft, timestamp=at, customer_id=case.customer_id, contact_id=left)
    tags = set(case.tags) - {UNANSWERED}
    if left is not None and len(tags) < TAGS_COUNT_MAX:
        tags.add(UNANSWERED)
    if (tagged := tuple(sorted(tags))) != case.tags:
        case.trigger_event(TagsSet, timestamp=at, customer_id=case.customer_id, tags=tagged)
