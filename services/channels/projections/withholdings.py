"""The table `withholdings`: of which entries something is still to be withheld."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.stored import Fact, FactMeta, FirstFact, Row
from services.channels.domain.withholding_facts import ContentWithheld, WithholdingBegun


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """One row per redaction."""
    match fact:
        case WithholdingBegun():
            begun = (meta.stream_id, fact.entry_ids, fact.expired, fact.timestamp)
            yield Row("put_withholding", begun, expect_rows=1)
        case ContentWithheld():
            yield Row("withholding_done", (meta.stream_id,), expect_rows=1)
