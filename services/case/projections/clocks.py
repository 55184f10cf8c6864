"""How the clocks of cases stand, and of which it was said that they run out: table clocks."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from contracts.stored import Fact, FactMeta, FirstFact, Row
from services.case.domain import case_clocks, clock_facts
from services.case.domain.clock import CaseClock


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a fact about clocks."""
    match fact:
        case case_clocks.ClocksSet():
            for clock in fact.clocks:
                yield _clock(fact.case_id, clock)
            yield Row("set_case_due", (fact.case_id, fact.due_at), expect_rows=1)
        case clock_facts.ClockWarned():
            yield Row("warn_of_clock", (meta.stream_id, fact.kind, fact.clock_of, fact.due_at), expect_rows=1)
        case clock_facts.ClockMissed():
            yield Row("miss_clock", (meta.stream_id, fact.kind, fact.clock_of, fact.due_at), expect_rows=1)
        case _:
            return


def _clock(case_id: UUID, clock: CaseClock) -> Row:
    moments = (clock.started_at, clock.due_at, clock.warn_at, clock.stopped_at)
    return Row("set_clock", (case_id, clock.kind, clock.of, clock.state, *moments), expect_rows=1)
