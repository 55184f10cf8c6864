"""Requests for erasure and restrictions, and what an erasure leaves of the other tables: what a rebuild would write."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from contracts.stored import Fact, FactMeta, FirstFact, Row
from services.case.domain import case_facts, customer_facts, erasure_facts
from services.case.domain.customer import pseudonym


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a fact about forgetting."""
    by = (meta.actor.kind, meta.actor.ref)
    stream_id, version, at = meta.stream_id, meta.version, fact.timestamp
    match fact:
        case erasure_facts.ErasureRequested():
            asked = (stream_id, version, fact.customer_id, fact.ground, *by, at, fact.expires_at)
            yield Row("insert_erasure", asked, expect_rows=1)
        case erasure_facts.ErasureApproved():
            yield Row("approve_erasure", (stream_id, version), expect_rows=1)
        case erasure_facts.ContactsNamed() | erasure_facts.PartForgotten():
            yield Row("set_erasure_version", (stream_id, version), expect_rows=1)
        case erasure_facts.ErasureExecuted():
            yield _executed(fact, meta)
        case customer_facts.RestrictionPlaced():
            placed = (fact.restriction_id, stream_id, fact.kind, at, fact.until, *by, fact.reason)
            yield Row("insert_restriction", placed, expect_rows=1)
            yield Row("set_customer_restricted", (stream_id, version), expect_rows=1)
        case customer_facts.RestrictionLifted():
            yield Row("lift_restriction", (fact.restriction_id, at), expect_rows=1)
            yield Row("set_customer_restricted", (stream_id, version), expect_rows=1)
        case customer_facts.CustomerErased():
            yield Row("erase_customer", (stream_id, version, pseudonym(stream_id)), expect_rows=1)
            yield Row("delete_handles", (stream_id,))
            yield Row("erase_restrictions", (stream_id,))
        case case_facts.ContentErased():
            yield Row("erase_case", (stream_id,), expect_rows=1)
            yield Row("erase_entries", (stream_id,))
        case _:
            return


def _executed(fact: erasure_facts.ErasureExecuted, meta: FactMeta) -> Row:
    return Row(
        "execute_erasure",
        (
            meta.stream_id,
            meta.version,
            fact.timestamp,
            fact.events,
            fact.keys_destroyed,
            fact.stores_purged,
            msgspec.json.encode(fact.retained).decode(),
            fact.key_backups_expire_at,
        ),
        expect_rows=1,
    )
