"""What was promised and what became of it: the commitments of table timeline."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.stored import Fact, FactMeta, FirstFact, Row
from services.case.domain import commitment_facts as facts
from services.case.domain.case_contact import text_state
from services.case.domain.commitment import CommitmentStatus
from services.case.projections.entry import entry


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a fact about a promise."""
    match fact:
        case facts.CommitmentMade():
            made = entry(fact.commitment_id, fact.customer_id, fact, meta, meta.actor)
            said = (fact.text, text_state(fact.text, fact.text))
            yield Row("insert_commitment_entry", (*made, *said, fact.owner_id, fact.due_at), expect_rows=1)
        case facts.CommitmentKept():
            yield Row("end_commitment", (fact.commitment_id, CommitmentStatus.KEPT, None), expect_rows=1)
        case facts.CommitmentBroken():
            yield Row("end_commitment", (fact.commitment_id, CommitmentStatus.BROKEN, None), expect_rows=1)
        case facts.CommitmentWithdrawn():
            withdrawn = (fact.commitment_id, CommitmentStatus.WITHDRAWN, fact.reason)
            yield Row("end_commitment", withdrawn, expect_rows=1)
        case _:
            return
