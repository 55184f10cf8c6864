"""Redactions, of an entry or of a whole case, and what one leaves of the other tables: what a rebuild would write."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from contracts.stored import Fact, FactMeta, FirstFact, Row
from services.case.domain import case_facts, redaction_facts
from services.case.domain.customer_detail_facts import CustomerNoteRedacted
from services.case.domain.customer_facts import CustomerErased


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a fact about a redaction."""
    match fact:
        case case_facts.ContentRedacted():
            yield Row("redact_entry", (fact.entry_id, meta.stream_id))
            yield Row("redact_case", (meta.stream_id, fact.subject_gone, fact.preview_gone), expect_rows=1)
            yield _begun(fact, meta, fact.entry_id, fact.reason)
        case CustomerNoteRedacted():
            yield Row("redact_customer_note", (fact.note_id, meta.stream_id))
            yield Row("set_customer_version", (meta.stream_id, meta.version), expect_rows=1)
            yield _note_begun(fact, meta)
        case case_facts.ContentExpired():
            yield Row("expire_entries", (meta.stream_id,))
            yield Row("erase_case", (meta.stream_id,), expect_rows=1)
            yield Row("erase_redactions", (meta.stream_id,))
            yield _begun(fact, meta, meta.stream_id, None)
        case redaction_facts.CopiesWithheld():
            yield Row("redaction_answered", (meta.stream_id,), expect_rows=1)
        case redaction_facts.RedactionCompleted():
            done = (meta.stream_id, fact.timestamp, fact.events, list(fact.stores_purged))
            yield Row("complete_redaction", done, expect_rows=1)
        case case_facts.ContentErased():
            yield Row("erase_redactions", (meta.stream_id,))
        case CustomerErased():
            yield Row("erase_note_redactions", (meta.stream_id,))
        case _:
            return


def _note_begun(fact: CustomerNoteRedacted, meta: FactMeta) -> Row:
    by = (meta.actor.kind, meta.actor.ref)
    asked = (fact.redaction_id, None, meta.stream_id, fact.note_id, *by, fact.timestamp)
    return Row("insert_redaction", (*asked, list(fact.withheld), fact.reason, False, "ANSWERED"), expect_rows=1)


def _begun(
    fact: case_facts.ContentRedacted | case_facts.ContentExpired, meta: FactMeta, entry_id: UUID, reason: str | None
) -> Row:
    by = (meta.actor.kind, meta.actor.ref)
    asked = (fact.redaction_id, meta.stream_id, fact.customer_id, entry_id, *by, fact.timestamp)
    expiry = isinstance(fact, case_facts.ContentExpired)
    return Row("insert_redaction", (*asked, list(fact.withheld), reason, expiry, "BEGUN"), expect_rows=1)
