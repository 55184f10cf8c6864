"""The table `forgettings`: which contacts of erased customers are still to be forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.stored import Fact, FactMeta, FirstFact, Row
from services.channels.domain.forgetting_facts import ForgettingBegun, SubjectForgotten


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """One row per part of an erasure."""
    match fact:
        case ForgettingBegun():
            yield Row("put_forgetting", (meta.stream_id, fact.contact_ids, fact.timestamp), expect_rows=1)
        case SubjectForgotten():
            yield Row("forgetting_done", (meta.stream_id,), expect_rows=1)
