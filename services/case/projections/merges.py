"""Who turned out to be whom: table merges, and what of it stands with the customers."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.stored import Fact, FactMeta, FirstFact, Row
from services.case.domain import customer_facts, merge_facts


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a fact about a merge."""
    customer_id, version = meta.stream_id, meta.version
    match fact:
        case merge_facts.CustomerMerged():
            by = (meta.actor.kind, meta.actor.ref)
            merged = (fact.merge_id, customer_id, fact.target_id, fact.timestamp, *by, fact.reason)
            yield Row("insert_merge", merged, expect_rows=1)
            yield Row("merge_customer", (customer_id, version, fact.target_id), expect_rows=1)
        case merge_facts.MergeReceived():
            yield Row("count_merges", (customer_id, version, 1), expect_rows=1)
        case merge_facts.MergeUndone():
            yield Row("undo_merge", (fact.merge_id, fact.timestamp), expect_rows=1)
            yield Row("merge_customer", (customer_id, version, None), expect_rows=1)
            yield Row("set_customer_restricted", (customer_id, version), expect_rows=1)
        case merge_facts.MergeGivenBack():
            yield Row("count_merges", (customer_id, version, -1), expect_rows=1)
        case customer_facts.CustomerErased():
            yield Row("erase_merges", (customer_id,))
        case _:
            return
