"""What people make of a case besides answering: it waits, goes on, is sooner or later, is filed under words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from contracts.vocabulary import Priority, Refusal, RefusalCode, WaitingFor
from services.case.domain.case import Case
from services.case.domain.case_facts import ResumeReason
from services.case.domain.handling_facts import IncidentLinked, PrioritySet, TagsSet
from services.case.domain.texts import checked_text

TAGS_COUNT_MAX = 50
TAG_LENGTH_MAX = 60


def wait(case: Case, *, waiting_for: WaitingFor, until: datetime | None, at: datetime) -> None:
    """Somebody else is to move; the same again is no news.

    Raises:
        Refusal: CASE_RESOLVED, INVALID_INPUT (until missing for DATE, or not ahead).
    """
    case.check_not_resolved()
    if until is None and waiting_for is WaitingFor.DATE:
        raise Refusal(RefusalCode.INVALID_INPUT, "say until when", "until")
    if until is not None and until <= at:
        raise Refusal(RefusalCode.INVALID_INPUT, "must be ahead", "until")
    if (case.waiting_for, case.waiting_until) != (waiting_for, until):
        case.wait(waiting_for, until, at)


def end_wait(case: Case, *, at: datetime) -> None:
    """Go on, where the time until which the case was to wait has come."""
    if case.waiting_until is not None and case.waiting_until <= at:
        case.resume(ResumeReason.TIME_CAME, at)


def reopen(case: Case, *, reason: str | None, at: datetime) -> None:
    """Go on with a matter that was resolved.

    Raises:
        Refusal: CUSTOMER_ERASED, CASE_NOT_RESOLVED.
    """
    case.check_not_erased()
    if not case.is_resolved:
        raise Refusal(RefusalCode.CASE_NOT_RESOLVED, f"the case is {case.status.value}", "caseId")
    case.reopen(None, at, reason=reason)


def set_priority(case: Case, *, priority: Priority, reason: str, at: datetime) -> None:
    """Say how soon the matter is; the same again is no news.

    Raises:
        Refusal: CUSTOMER_ERASED, CASE_RESOLVED.
    """
    case.check_not_erased()
    case.check_not_resolved()
    if priority is not case.priority:
        case.trigger_event(PrioritySet, timestamp=at, customer_id=case.customer_id, priority=priority, reason=reason)


def link(case: Case, *, incident_id: UUID | None, at: datetime) -> None:
    """Say that the case is one of an incident's, or (None) of none; the same again is no news.

    Raises:
        Refusal: CUSTOMER_ERASED.
    """
    case.check_not_erased()
    if incident_id != case.incident_id:
        case.trigger_event(IncidentLinked, timestamp=at, customer_id=case.customer_id, incident_id=incident_id)


def set_tags(case: Case, *, add: Sequence[str], remove: Sequence[str], at: datetime) -> None:
    """File the case under other words; the same again is no news.

    Raises:
        Refusal: INVALID_INPUT, TEXT_TOO_LONG (`add`).
    """
    added = {checked_text(tag, "add", length_max=TAG_LENGTH_MAX) for tag in add}
    removed = {tag.strip() for tag in remove}
    if added & removed:
        raise Refusal(RefusalCode.INVALID_INPUT, "a tag is added or removed, not both", "remove")
    tags = tuple(sorted((set(case.tags) - removed) | added))
    if len(tags) > TAGS_COUNT_MAX:
        raise Refusal(RefusalCode.INVALID_INPUT, f"at most {TAGS_COUNT_MAX} tags", "add")
    if tags != case.tags:
        case.trigger_event(TagsSet, timestamp=at, customer_id=case.customer_id, tags=tags)
