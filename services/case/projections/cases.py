"""What the lists and the head of a case show: table cases."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from contracts.content import ContactContent
from contracts.stored import Fact, FactMeta, FirstFact, Row
from contracts.vocabulary import CaseStatus, Direction
from services.case.domain import case_facts, contact_facts, guard_facts, handling_facts
from services.case.domain.case_contact import subject_of
from services.case.domain.texts import PREVIEW_LENGTH_MAX, excerpt


def rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    """The rows that follow from a case's fact."""
    match fact:
        case case_facts.Opened():
            yield _opened(fact, meta)
        case contact_facts.ContactAttached():
            yield _attached(fact, meta)
            yield Row("customer_was_in_touch", (fact.customer_id, fact.occurred_at))
        case contact_facts.ReplyRequested():
            preview = excerpt(fact.content.text if fact.content else None, PREVIEW_LENGTH_MAX)
            subject = fact.content.subject if fact.content else None
            yield _one("answer_case", meta, fact.channel, preview, fact.timestamp, subject)
            yield Row("customer_was_in_touch", (fact.customer_id, fact.timestamp))
        case case_facts.SubjectGiven():
            yield _one("name_case", meta, fact.subject)
        case case_facts.Assigned():
            yield _one("assign_case", meta, fact.agent_id, fact.team_ref, _held_for(fact), fact.held_until)
        case contact_facts.ContactDetached() | contact_facts.ContactRemoved() | contact_facts.ContactEdited():
            yield _spoken_by(fact, meta)
            if isinstance(fact, contact_facts.ContactDetached):
                yield Row("detach_contact_from_case", (meta.stream_id, fact.contact_id), expect_rows=1)
        case case_facts.NoteAdded() | guard_facts.ReplyHeld():
            yield _one("read_case", meta)
        case Fact() if meta.topic.startswith("case."):
            yield _changed(fact, meta)
        case _:
            return


def _changed(fact: Fact, meta: FactMeta) -> Row:
    """A case's row after a fact that touches nothing else; every fact is a version."""
    match fact:
        case case_facts.Waiting():
            return _one("set_case_status", meta, CaseStatus.WAITING, fact.waiting_for, fact.until)
        case case_facts.Resumed() | case_facts.Reopened():
            return _one("set_case_status", meta, CaseStatus.OPEN, None, None)
        case case_facts.Resolved():
            by = (meta.actor.kind, meta.actor.ref)
            return _one("resolve_case", meta, fact.outcome, fact.cause, fact.timestamp, *by)
        case handling_facts.PrioritySet():
            return _one("set_case_priority", meta, fact.priority)
        case handling_facts.TagsSet():
            return _one("set_case_tags", meta, list(fact.tags))
        case _:
            return _one("set_case_version", meta)


def _held_for(fact: case_facts.Assigned) -> UUID | None:
    """Whom a case that nobody has waits for."""
    if fact.agent_id is not None or fact.held_until is None:
        return None
    return next((each.agent_id for each in fact.candidates if each.rejected is None), None)


def _one(statement: str, meta: FactMeta, *args: object) -> Row:
    return Row(statement, (meta.stream_id, meta.version, *args), expect_rows=1)


def _opened(fact: case_facts.Opened, meta: FactMeta) -> Row:
    return _one(
        "insert_case",
        meta,
        fact.number,
        fact.customer_id,
        fact.priority,
        fact.channel,
        fact.brand,
        fact.language,
        fact.timestamp,
        fact.due_at,
    )


def _attached(fact: contact_facts.ContactAttached, meta: FactMeta) -> Row:
    return _one(
        "attach_contact_to_case",
        meta,
        subject_of(fact.content),
        excerpt(fact.content.text if fact.content else None, PREVIEW_LENGTH_MAX),
        fact.channel,
        fact.occurred_at,
        fact.direction is Direction.INBOUND,
    )


def _spoken_by(
    fact: contact_facts.ContactDetached | contact_facts.ContactRemoved | contact_facts.ContactEdited, meta: FactMeta
) -> Row:
    """Whose words its subject and preview are, where they were those of a contact that is not as it was."""
    match fact:
        case contact_facts.ContactEdited() if fact.subject_changes or fact.preview_changes:
            text = fact.content.text if fact.content else None
            subject, preview = subject_of(ContactContent(text=text)), excerpt(text, PREVIEW_LENGTH_MAX)
            return _one("speak_by_new_words", meta, fact.subject_changes, subject, fact.preview_changes, preview)
        case contact_facts.ContactEdited():
            return _one("set_case_version", meta)
        case _ if fact.subject_moves or fact.preview_moves:
            moves = (fact.subject_moves, fact.subject_from, fact.preview_moves, fact.preview_from)
            return _one("speak_by_other_contacts", meta, *moves)
        case _:
            return _one("set_case_version", meta)
