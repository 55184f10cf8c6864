"""What is offered to whom: table offers. An offer is open until its case is decided anew, answered or set aside."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.stored import Fact, FactMeta, FirstFact, Row
from services.case.domain import case_facts
from services.case.domain.offer_facts import OfferAnswered


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a case's fact."""
    match fact:
        case case_facts.Assigned():
            yield Row("end_offers", (meta.stream_id,))
            if fact.offered_to is not None and fact.offered_until is not None:
                made = (fact.decision_id, meta.stream_id, fact.offered_to, fact.decided_at, fact.offered_until)
                yield Row("insert_offer", made, expect_rows=1)
        case case_facts.Waiting() | case_facts.Resolved() | OfferAnswered():
            yield Row("end_offers", (meta.stream_id,))
        case _:
            return
