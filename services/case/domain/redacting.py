"""Withholding words of a case: of one entry (a card number, say), or of all of them when they were kept long enough.

The fact that says so and the envelopes' end are one transaction. What a copy of them lies in (the log of channels, the
transport, the files of the tables) is looked after by a worker; `Redaction` knows how far that is.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.case.domain.case import Case
from services.case.domain.case_facts import ContentExpired, ContentRedacted


def redact(case: Case, *, redaction_id: UUID, entry_id: UUID, reason: str, at: datetime) -> tuple[int, ...]:
    """Withhold what stands in the entry; gives the versions whose envelopes are to go. Empty: nothing is there (more).

    Raises:
        Refusal: CUSTOMER_ERASED.
    """
    case.check_not_erased()
    versions = tuple(case.said.by_entry.get(entry_id, ()))
    if versions:
        contact = case.contacts.get(entry_id)
        case.trigger_event(
            ContentRedacted,
            timestamp=at,
            customer_id=case.customer_id,
            redaction_id=redaction_id,
            entry_id=entry_id,
            withheld=versions,
            subject_gone=case.said.subject_of == entry_id,
            preview_gone=case.said.preview_of == entry_id,
            reason=reason,
            to=None if contact is None else contact.to,
        )
    return versions


def expire(case: Case, *, redaction_id: UUID, at: datetime) -> tuple[int, ...]:
    """Withhold all that was said in the case; gives the versions whose envelopes are to go."""
    versions = tuple(sorted({version for said in case.said.by_entry.values() for version in said}))
    case.trigger_event(
        ContentExpired,
        timestamp=at,
        customer_id=case.customer_id,
        redaction_id=redaction_id,
        contact_ids=tuple(each.contact_id for each in case.contacts.values() if each.account is not None),
        withheld=versions,
    )
    return versions
