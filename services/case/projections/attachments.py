"""The files of contacts: table attachments. Of one whose words are gone, only that there was a file stays."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.attachments import UNKNOWN_MEDIA_TYPE, attachment_id_of, file_name, media_type
from contracts.stored import Fact, FactMeta, FirstFact, Row
from services.case.domain import attachment_facts, case_facts, contact_facts


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a fact about a contact or its files."""
    match fact:
        case contact_facts.ContactAttached():
            yield from _came(fact, meta)
        case attachment_facts.AttachmentChanged():
            yield _changed(fact, meta)
        case contact_facts.ContactDetached():
            yield Row("delete_attachments_of_contact", (fact.contact_id,))
        case contact_facts.ContactRemoved():
            yield from _gone(fact.contact_id)
        case case_facts.ContentRedacted():
            yield from _gone(fact.entry_id)
        case case_facts.ContentExpired() | case_facts.ContentErased():
            yield Row("forget_attachments_of_case", (meta.stream_id,))
            yield Row("remove_attachments_of_case", (meta.stream_id,))
        case _:
            return


def _came(fact: contact_facts.ContactAttached, meta: FactMeta) -> Iterator[Row]:
    for number, file in enumerate(fact.content.attachments if fact.content else ()):
        declared = media_type(file.media_type)
        size = min(max(file.size_bytes or 0, 0), 2**62)
        came = (attachment_id_of(fact.contact_id, number), fact.contact_id, meta.stream_id, number)
        yield Row("insert_attachment", (*came, file_name(file.name), declared, size))


def _changed(fact: attachment_facts.AttachmentChanged, meta: FactMeta) -> Row:
    """Where the words of its contact are gone nothing but this fact says that there was a file."""
    known = (fact.attachment_id, fact.contact_id, meta.stream_id, fact.number)
    return Row(
        "change_attachment",
        (*known, fact.state, fact.media_type or UNKNOWN_MEDIA_TYPE, fact.media_type, fact.size_bytes, fact.reason),
    )


def _gone(contact_id: object) -> Iterator[Row]:
    yield Row("forget_attachments_of_contact", (contact_id,))
    yield Row("remove_attachments_of_contact", (contact_id,))
