"""By which of its contacts a case is called and previewed, once one of them is shown no more."""

from __future__ import annotations

from uuid import UUID

import msgspec

from services.case.domain.case import Case
from services.case.domain.case_contact import CaseContact
from services.case.domain.texts import has_words


class SpokenBy(msgspec.Struct, frozen=True):
    """Whether the case's subject and preview were a contact's words, and whose they are without it. None: nobody's."""

    subject_moves: bool
    subject_from: UUID | None
    preview_moves: bool
    preview_from: UUID | None


def without(case: Case, contact_id: UUID) -> SpokenBy:
    """What becomes of subject and preview without the words of that contact."""
    named, previewed = case.said.subject_of == contact_id, case.said.preview_of == contact_id
    others = [contact for contact in case.contacts.values() if contact.contact_id != contact_id]
    return SpokenBy(
        named,
        _subject_from(case, others) if named else None,
        previewed,
        _preview_from(others) if previewed else None,
    )


def _subject_from(case: Case, others: list[CaseContact]) -> UUID | None:
    """The first one by which the case can be called."""
    named = (contact.contact_id for contact in others if case.subject_by(contact.contact_id) is not None)
    return next(named, None)


def _preview_from(others: list[CaseContact]) -> UUID | None:
    """The last one that says anything."""
    said = (contact.contact_id for contact in reversed(others) if has_words(contact.text))
    return next(said, None)
