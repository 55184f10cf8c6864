"""What is written down about customers: columns of table customers, notes, external ids and claimed handles."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from contracts.stored import Fact, FactMeta, FirstFact, Row
from services.case.domain import customer_detail_facts as facts
from services.case.domain import customer_facts
from services.case.domain.case_contact import text_state
from services.case.domain.customer import pseudonym
from services.case.domain.guard_facts import FirstMessageGuarded
from services.case.projections.entry import entry


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a fact about who a customer is."""
    customer_id, version = meta.stream_id, meta.version
    match fact:
        case facts.Described():
            yield _described(fact, meta)
            yield Row("call_customer", (customer_id, pseudonym(customer_id)), expect_rows=1)
        case facts.HandleRemoved():
            yield Row("delete_handle", (fact.handle_id,))
            yield Row("call_customer", (customer_id, pseudonym(customer_id)), expect_rows=1)
            yield Row("set_customer_version", (customer_id, version), expect_rows=1)
        case facts.HandleClaimed():
            if fact.value is not None:
                yield Row("insert_handle_claim", (fact.handle_id, customer_id, fact.kind, fact.value), expect_rows=1)
            yield Row("set_customer_version", (customer_id, version), expect_rows=1)
        case facts.ExternalIdLearnt():
            if fact.value is not None:
                known = (fact.external_id, customer_id, fact.system, fact.value, fact.url, fact.timestamp)
                yield Row("upsert_external_id", known, expect_rows=1)
            yield Row("set_customer_version", (customer_id, version), expect_rows=1)
        case facts.CustomerNoteAdded():
            note = entry(fact.note_id, customer_id, fact, meta, meta.actor)
            said = (fact.text, text_state(fact.text, fact.text), fact.pinned)
            yield Row("insert_customer_note_entry", (*note, *said), expect_rows=1)
            yield Row("set_customer_version", (customer_id, version), expect_rows=1)
        case facts.OrganisationPlaced() | FirstMessageGuarded():
            yield Row("set_customer_version", (customer_id, version), expect_rows=1)
        case customer_facts.CustomerErased():
            yield Row("delete_handle_claims", (customer_id,))
            yield Row("delete_external_ids", (customer_id,))
            yield Row("erase_customer_entries", (customer_id,))
        case _:
            return


def _described(fact: facts.Described, meta: FactMeta) -> Row:
    known = (fact.name, fact.language, fact.time_zone, fact.preferred_channel, fact.organisation_id)
    attributes = msgspec.json.encode(fact.attributes or {}).decode()
    return Row("describe_customer", (meta.stream_id, meta.version, fact.kind, *known, attributes), expect_rows=1)
