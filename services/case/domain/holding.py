"""Holding an answer until another person has read it; `held_replies.py` says what becomes of it then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from contracts.content import HandleContent, ReplyContent, ReplyFileContent, TemplateContent
from contracts.vocabulary import ResolutionOutcome, WaitingFor
from services.case.domain import guard_facts as facts
from services.case.domain.case import Case
from services.case.domain.recipients import ReplyRoute, stored_way


def hold(
    case: Case,
    *,
    contact_id: UUID,
    route: ReplyRoute,
    text: str,
    agent_ref: str,
    rules: Sequence[str],
    open_for: timedelta,
    at: datetime,
    until: datetime | None = None,
    subject: str | None = None,
    template: TemplateContent | None = None,
    html: str | None = None,
    files: tuple[ReplyFileContent, ...] = (),
    acknowledges: bool = False,
    outcome: ResolutionOutcome | None = None,
    cause: str | None = None,
) -> None:
    """Keep an answer until another person decides; the case waits for that. `until`: no longer than that.

    Raises:
        Refusal: CUSTOMER_ERASED, CASE_RESOLVED.
    """
    case.check_not_erased()
    case.check_not_resolved()
    case.trigger_event(
        facts.ReplyHeld,
        timestamp=at,
        contact_id=contact_id,
        customer_id=case.customer_id,
        **stored_way(route),
        acknowledges=acknowledges,
        agent_ref=agent_ref,
        rules=tuple(rules),
        expires_at=min(at + open_for, until or at + open_for),
        window_ends_at=route.window_ends_at,
        outcome=outcome,
        cause=cause,
        content=ReplyContent(_address(route), text, subject, template, html, files),
    )
    _wait(case, at)


def _address(route: ReplyRoute) -> HandleContent:
    return HandleContent(kind=route.to.kind, value=route.to.value)


def _wait(case: Case, at: datetime) -> None:
    if case.waiting_for is not WaitingFor.APPROVAL:
        case.wait(WaitingFor.APPROVAL, None, at)
