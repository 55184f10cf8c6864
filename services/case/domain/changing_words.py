"""A sender changes the words of a contact, or takes it back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.content import EditContent
from contracts.vocabulary import ContentState
from services.case.domain.case import Case
from services.case.domain.contact_facts import ContactEdited, ContactRemoved
from services.case.domain.speaking import without
from services.case.domain.texts import has_words


def edit(case: Case, *, contact_id: UUID, edited_at: datetime, content: EditContent | None, at: datetime) -> None:
    """Its sender changed the words. What was taken back or redacted stays so."""
    contact, attached = case.contact(contact_id), case.attached.get(contact_id)
    if case.erased or contact.text_state in {ContentState.REMOVED_BY_SENDER, ContentState.REDACTED}:
        return
    by_its_text = attached is not None and attached.content is not None and not has_words(attached.content.subject)
    has_new = has_words(content.text if content else None)
    case.trigger_event(
        ContactEdited,
        timestamp=at,
        contact_id=contact_id,
        edited_at=edited_at,
        content=content,
        subject_changes=by_its_text and (case.said.subject_of == contact_id or (has_new and case.subject is None)),
        preview_changes=case.said.preview_of == contact_id or (has_new and _says_the_latest(case, contact_id)),
    )


def _says_the_latest(case: Case, contact_id: UUID) -> bool:
    """Whether nobody said anything after it: the words of a recording come after the recording."""
    known = list(case.contacts)
    return case.said.preview_of not in known[known.index(contact_id) :]


def take_back(case: Case, *, contact_id: UUID, removed_at: datetime, at: datetime) -> None:
    """Its sender took it back: the case is called, and previewed, by other words now."""
    if case.contact(contact_id).text_state is not ContentState.REMOVED_BY_SENDER:
        spoken_by = msgspec.structs.asdict(without(case, contact_id))
        case.trigger_event(ContactRemoved, timestamp=at, contact_id=contact_id, removed_at=removed_at, **spoken_by)
