"""Incidents and which cases are theirs: tables incidents and incident_cases."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.stored import Fact, FactMeta, FirstFact, Row
from services.case.domain import incident_facts
from services.case.domain.handling_facts import IncidentLinked


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a fact."""
    incident_id, by = meta.stream_id, (meta.actor.kind, meta.actor.ref)
    match fact:
        case incident_facts.IncidentBegun():
            jump = (None, None) if fact.jump is None else (fact.jump.counted, fact.jump.usual)
            begun = (incident_id, meta.version, fact.state, *_terms(fact), *jump, fact.timestamp, *by)
            yield Row("insert_incident", begun, expect_rows=1)
        case incident_facts.IncidentRevised():
            yield Row("revise_incident", (incident_id, meta.version, fact.state, *_terms(fact)), expect_rows=1)
        case incident_facts.IncidentClosed():
            yield Row("close_incident", (incident_id, meta.version, fact.timestamp), expect_rows=1)
        case IncidentLinked() if fact.incident_id is not None:
            yield Row("link_case", (meta.stream_id, fact.incident_id), expect_rows=1)
        case IncidentLinked():
            yield Row("unlink_case", (meta.stream_id,))
        case _:
            return


def _terms(fact: incident_facts.IncidentBegun | incident_facts.IncidentRevised) -> tuple[object, ...]:
    terms = fact.terms
    return fact.title, fact.answer, terms.cause, terms.brand, terms.priority, terms.team_ref, terms.occurred_at
