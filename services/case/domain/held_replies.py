"""What becomes of an answer that waits for another person (`holding.py`).

held ──yes──▶ it leaves, and resolves the case where it was to
  ├──no──▶ it never leaves, the case is ours again
  └──nobody in time──▶ as after a no
"""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.vocabulary import (
    Actor,
    CaseStatus,
    Refusal,
    RefusalCode,
    Visibility,
    WaitingFor,
)
from services.case.domain import guard_facts as facts
from services.case.domain import replies, settlements
from services.case.domain.case import Case
from services.case.domain.case_facts import ResumeReason
from services.case.domain.guards.persona import signed_html
from services.case.domain.held_reply import HeldReply
from services.case.domain.policy import AccountName
from services.case.domain.recipients import ReplyRoute, check_length, hindrance, routes


def find(case: Case, contact_id: UUID, at: datetime) -> HeldReply:
    """The answer that waits.

    Raises:
        Refusal: NOT_AWAITING_APPROVAL, APPROVAL_EXPIRED.
    """
    held = case.held.get(contact_id)
    if held is None:
        raise Refusal(RefusalCode.NOT_AWAITING_APPROVAL, "it waits for nobody", "contactId")
    if at >= held.expires_at:
        raise Refusal(RefusalCode.APPROVAL_EXPIRED, "the time for approval is over", "contactId")
    return held


def approve(
    case: Case,
    held: HeldReply,
    *,
    approver: Actor,
    as_read: str,
    muted: Container[AccountName] = frozenset(),
    at: datetime,
) -> None:
    """Let it leave. `as_read`: its text with what stands below it.

    Raises:
        Refusal: SELF_APPROVAL, CUSTOMER_ERASED, CASE_RESOLVED, CHANNEL_CANNOT_REPLY, CHANNEL_WINDOW_CLOSED,
            TEXT_TOO_LONG, all at contactId.
    """
    if held.agent_ref == approver.ref:
        raise Refusal(RefusalCode.SELF_APPROVAL, "whoever wrote it does not approve it", "contactId")
    case.check_not_erased()
    case.check_not_resolved()
    route = route_of(case, held)
    check_length(route, as_read, "contactId")
    code = hindrance(route, at, muted, templated=held.template is not None)
    if code is not None:
        raise Refusal(code, "its channel carries it no more", "contactId")
    case.trigger_event(
        facts.ReplyApproved,
        timestamp=at,
        contact_id=held.contact_id,
        customer_id=case.customer_id,
        approver_ref=approver.ref,
    )
    said: dict[str, Any] = {"contact_id": held.contact_id, "route": route, "text": as_read}
    said |= {"agent_ref": held.agent_ref, "at": at}
    if held.outcome is not None:
        settlements.settle(case, **said, outcome=held.outcome, cause=held.cause)
        return
    if held.acknowledges:
        _go_on(case, at)
    how: dict[str, Any] = {"subject": held.subject, "template": held.template, "acknowledges": held.acknowledges}
    how |= {"html": signed_html(held.html, held.text or "", as_read), "files": held.files}
    replies.request(case, **said, **how)


def decline(case: Case, held: HeldReply, *, decider: Actor, reason: str, at: datetime) -> None:
    """Keep it here for good. Whoever wrote it may take it back so, too."""
    case.trigger_event(
        facts.ReplyDeclined,
        timestamp=at,
        contact_id=held.contact_id,
        customer_id=case.customer_id,
        decider_ref=decider.ref,
        reason=None if case.erased else reason,  # nothing can be sealed for somebody who is erased
    )
    _go_on(case, at)


def expire(case: Case, *, contact_id: UUID, at: datetime) -> None:
    """The time for a decision is over, where it is."""
    held = case.held.get(contact_id)
    if held is not None and at >= held.expires_at:
        case.trigger_event(facts.ReplyExpired, timestamp=at, contact_id=contact_id, customer_id=case.customer_id)
        _go_on(case, at)


def _go_on(case: Case, at: datetime) -> None:
    """The case is ours again, unless another answer waits still."""
    waits = case.status is CaseStatus.WAITING and case.waiting_for is WaitingFor.APPROVAL
    if waits and not case.held and not case.settlements:
        case.resume(ResumeReason.REPLY_DECIDED, at)


def route_of(case: Case, held: HeldReply) -> ReplyRoute:
    """The way it was to leave by; its window is the latest that there is.

    Raises:
        Refusal: NOT_FOUND, its words are gone.
    """
    capability = REPLY_CAPABILITIES.get(held.channel)
    if held.to is None or capability is None:
        raise Refusal(RefusalCode.NOT_FOUND, "its words are gone", "contactId")
    route = ReplyRoute(
        channel=held.channel,
        account=held.account,
        handle_id=held.handle_id,
        to=held.to,
        assurance=held.assurance,
        visibility=held.visibility,
        in_reply_to=held.in_reply_to,
        quoted=held.quoted,
        text_limit=capability.limit(held.visibility),
        window_ends_at=held.window_ends_at,
    )
    place = (route.channel, route.account, route.handle_id, route.visibility)
    answered = case.contacts.get(held.in_reply_to) if held.in_reply_to is not None else None
    if held.visibility is Visibility.PRIVATE and answered is not None and answered.private_answer is not None:
        return msgspec.structs.replace(route, spent=True)
    now = [each for each in routes(tuple(case.contacts.values())) if _place(each) == place]
    ends = [each.window_ends_at for each in now if each.window_ends_at is not None and not each.quoted]
    if route.window_ends_at is None or not ends:
        return route
    return msgspec.structs.replace(route, window_ends_at=max(route.window_ends_at, *ends))


def _place(route: ReplyRoute) -> tuple[Any, ...]:
    return (route.channel, route.account, route.handle_id, route.visibility)
