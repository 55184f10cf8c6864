"""Notes, assignments and changes of status on the timeline (its contacts: `contacts.py`; gestures: `gestures.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import msgspec

from contracts.stored import Fact, FactMeta, FirstFact, Row
from contracts.vocabulary import CaseStatus
from services.case.domain import case_facts
from services.case.domain.case_contact import text_state
from services.case.projections.entry import entry

STATUS_AFTER = timedelta(microseconds=1)
"""A status follows from something else of the same moment: on a timeline it stands after that."""


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a case's fact."""
    match fact:
        case case_facts.NoteAdded():
            note = entry(fact.note_id, fact.customer_id, fact, meta, meta.actor)
            yield Row("insert_note_entry", (*note, fact.text, text_state(fact.text, fact.text)), expect_rows=1)
        case case_facts.Assigned():
            yield _assignment(fact, meta)
        case case_facts.Waiting():
            yield _status(fact, meta, fact.customer_id, CaseStatus.WAITING)
        case case_facts.Resumed() | case_facts.Reopened():
            yield _status(fact, meta, fact.customer_id, CaseStatus.OPEN)
        case case_facts.Resolved():
            yield _status(fact, meta, fact.customer_id, CaseStatus.RESOLVED)
        case _:
            return


def _assignment(fact: case_facts.Assigned, meta: FactMeta) -> Row:
    return Row(
        "insert_assignment_entry",
        (
            fact.decision_id,
            meta.stream_id,
            meta.version,
            fact.timestamp,
            meta.actor.kind,
            meta.actor.ref,
            fact.decided_at,
            fact.agent_id,
            fact.tier,
            fact.reason,
            fact.policy_version,
            msgspec.json.encode(msgspec.to_builtins(fact.candidates)).decode(),
            fact.team_ref,
            fact.note,
            fact.held_until,
        ),
        expect_rows=1,
    )


def _status(fact: Fact, meta: FactMeta, customer_id: UUID, status: CaseStatus) -> Row:
    return Row(
        "insert_status_entry",
        (*entry(meta.event_id, customer_id, fact, meta, meta.actor), fact.timestamp + STATUS_AFTER, status),
        expect_rows=1,
    )
