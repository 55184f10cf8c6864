"""Answering in a case, and what becomes of the answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.content import HandleContent, ReplyContent, ReplyFileContent, TemplateContent
from contracts.delivery import moves_forward
from contracts.vocabulary import DeliveryStatus, Direction
from services.case.domain.case import Case
from services.case.domain.case_facts import ResumeReason
from services.case.domain.contact_facts import DeliveryUpdated, ReplyRequested
from services.case.domain.recipients import ReplyRoute, stored_way


def request(
    case: Case,
    *,
    contact_id: UUID,
    route: ReplyRoute,
    text: str,
    agent_ref: str,
    at: datetime,
    subject: str | None = None,
    template: TemplateContent | None = None,
    acknowledges: bool = False,
    html: str | None = None,
    files: tuple[ReplyFileContent, ...] = (),
) -> None:
    """Answer by the route; then the customer is to move, unless it only `acknowledges`: then we still are.

    `subject`: of what begins a matter. `html`: what `text` says, set in HTML. `files`: what goes along.

    Raises:
        Refusal: CUSTOMER_ERASED, CASE_RESOLVED.
    """
    case.check_not_erased()
    case.check_not_resolved()
    how: dict[str, Any] = {"subject": subject, "template": template, "acknowledges": acknowledges}
    how |= {"html": html, "files": files}
    send(case, contact_id=contact_id, route=route, text=text, agent_ref=agent_ref, at=at, **how)
    if not acknowledges:
        case.wait_for_customer(at)


def send(
    case: Case,
    *,
    contact_id: UUID,
    route: ReplyRoute,
    text: str,
    agent_ref: str,
    acknowledges: bool = False,
    at: datetime,
    subject: str | None = None,
    template: TemplateContent | None = None,
    html: str | None = None,
    files: tuple[ReplyFileContent, ...] = (),
) -> None:
    """Let an answer leave by the route, whatever is to become of the case."""
    case.trigger_event(
        ReplyRequested,
        timestamp=at,
        contact_id=contact_id,
        customer_id=case.customer_id,
        **stored_way(route),
        acknowledges=acknowledges,
        agent_ref=agent_ref,
        attachment_ids=tuple(each.attachment_id for each in files),
        content=ReplyContent(
            to=HandleContent(kind=route.to.kind, value=route.to.value),
            text=text,
            subject=subject,
            template=template,
            html=html,
            files=files,
        ),
    )


def update_delivery(
    case: Case,
    *,
    contact_id: UUID,
    status: DeliveryStatus,
    status_at: datetime,
    code: str | None,
    reason: str | None,
    retryable: bool,
    at: datetime,
) -> None:
    """Move a reply forward; when the last one failed, the customer waits in vain and we are to move.

    So it is with an answer that was to settle the matter.

    Raises:
        Refusal: NOT_FOUND.
    """
    contact = case.contact(contact_id)
    if not moves_forward(contact.delivery_status, status):
        return
    case.trigger_event(
        DeliveryUpdated,
        timestamp=at,
        contact_id=contact_id,
        status=status,
        status_at=status_at,
        code=code,
        reason=reason,
        retryable=retryable,
    )
    if status is not DeliveryStatus.FAILED:
        return
    if case.waits_for_customer and _last_reply(case) == contact_id:
        case.resume(ResumeReason.REPLY_FAILED, at)
    elif case.is_resolved and case.settled_with == contact_id:
        case.reopen(contact_id, at)


def _last_reply(case: Case) -> UUID | None:
    replies = [contact.contact_id for contact in case.contacts.values() if contact.direction is Direction.OUTBOUND]
    return replies[-1] if replies else None
