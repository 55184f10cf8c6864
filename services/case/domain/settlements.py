"""Settling a matter at one stroke: an answer, a gesture and the resolution, all of it or nothing.

    begun ──money given──▶ the answer leaves, the case is resolved
      ├──above the limit──▶ the case waits for an approval ──yes──▶ as above
      │                                                    └──no──▶ nothing leaves, the case is ours again
      └──money refused──▶ nothing leaves

Everything follows in the same decision from the gesture's own steps, so that no crash can part them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.vocabulary import (
    CaseStatus,
    Direction,
    GestureStatus,
    Refusal,
    RefusalCode,
    ResolutionOutcome,
    WaitingFor,
)
from services.case.domain import complaints, holding, replies
from services.case.domain import settlement_facts as facts
from services.case.domain.case import Case
from services.case.domain.case_facts import ResumeReason
from services.case.domain.recipients import ReplyRoute, ReplyWish, choose_route
from services.case.domain.settlement import Settlement


def begin(
    case: Case,
    *,
    settlement_id: UUID,
    gesture_id: UUID,
    contact_id: UUID,
    route: ReplyRoute,
    text: str,
    agent_ref: str,
    outcome: ResolutionOutcome,
    cause: str | None,
    guarded_by: Sequence[str] = (),
    open_for: timedelta = timedelta(),
    at: datetime,
) -> None:
    """Hold the answer until the money is decided; the gesture is still to be requested.

    `guarded_by`: by these rules another person then reads it before it leaves, who has `open_for` to do so.
    """
    case.trigger_event(
        facts.SettlementBegun,
        timestamp=at,
        settlement_id=settlement_id,
        customer_id=case.customer_id,
        gesture_id=gesture_id,
        contact_id=contact_id,
        agent_ref=agent_ref,
        channel=route.channel,
        account=route.account,
        handle_id=route.handle_id,
        assurance=route.assurance,
        visibility=route.visibility,
        in_reply_to=route.in_reply_to,
        outcome=outcome,
        cause=cause,
        guarded_by=tuple(guarded_by),
        open_minutes=int(open_for.total_seconds() // 60),
        text=text,
    )


def settle(
    case: Case,
    *,
    contact_id: UUID,
    route: ReplyRoute,
    text: str,
    agent_ref: str,
    outcome: ResolutionOutcome,
    cause: str | None,
    at: datetime,
) -> None:
    """Answer and resolve."""
    replies.send(case, contact_id=contact_id, route=route, text=text, agent_ref=agent_ref, at=at)
    case.resolve(outcome=outcome, cause=cause, at=at, reply_id=contact_id)
    complaints.close(case, outcome, at)


def follow(case: Case, *, gesture_id: UUID, hindrance: RefusalCode | None = None, at: datetime) -> None:
    """Do what follows from how the gesture stands now. `hindrance`: why the customer may not be answered."""
    held = case.settlements.get(gesture_id)
    if held is None:
        return
    status = case.gestures[gesture_id].status
    if status is GestureStatus.AWAITING_APPROVAL:
        if not case.is_resolved and case.waiting_for is not WaitingFor.APPROVAL:
            case.wait(WaitingFor.APPROVAL, None, at)
    elif status in {GestureStatus.REFUSED, GestureStatus.DECLINED, GestureStatus.EXPIRED}:
        _drop(case, held, None, at)
    elif status is GestureStatus.GIVEN:
        _leave(case, held, hindrance, at)


def way_now(case: Case, held: Settlement, at: datetime) -> ReplyRoute | None:
    """The way by which what waits would leave now; None: nothing carries it, or its words are gone."""
    try:
        return None if held.text is None else _way(case, held, held.text, at)
    except Refusal:
        return None


def _leave(case: Case, held: Settlement, hindrance: RefusalCode | None, at: datetime) -> None:
    text = held.text
    if hindrance is not None or case.erased or text is None:
        words_gone = RefusalCode.CUSTOMER_ERASED if case.erased else RefusalCode.NOT_FOUND
        _drop(case, held, hindrance or words_gone, at)
        return
    try:
        route = _way(case, held, text, at)
    except Refusal as refusal:
        _drop(case, held, refusal.code, at)
        return
    if held.guarded_by and case.is_resolved:
        _drop(case, held, RefusalCode.CASE_RESOLVED, at)
        return
    case.trigger_event(
        facts.SettlementLeft,
        timestamp=at,
        settlement_id=held.settlement_id,
        gesture_id=held.gesture_id,
        contact_id=held.contact_id,
    )
    said: dict[str, Any] = {
        "contact_id": held.contact_id,
        "route": route,
        "text": text,
        "agent_ref": held.agent_ref,
        "at": at,
    }
    if held.guarded_by:
        ends: dict[str, Any] = {} if _overtaken(case, held) else {"outcome": held.outcome, "cause": held.cause}
        open_for = timedelta(minutes=held.open_minutes)
        holding.hold(case, **said, **ends, rules=held.guarded_by, open_for=open_for)
    elif _overtaken(case, held) or case.is_resolved:
        replies.send(case, **said)
        _go_on(case, ResumeReason.CUSTOMER_WROTE, at)
    else:
        settle(case, **said, outcome=held.outcome, cause=held.cause)


def _drop(case: Case, held: Settlement, code: RefusalCode | None, at: datetime) -> None:
    case.trigger_event(
        facts.SettlementDropped,
        timestamp=at,
        settlement_id=held.settlement_id,
        gesture_id=held.gesture_id,
        contact_id=held.contact_id,
        code=code,
    )
    _go_on(case, ResumeReason.NOT_SETTLED, at)


def _go_on(case: Case, reason: ResumeReason, at: datetime) -> None:
    if case.status is CaseStatus.WAITING and case.waiting_for is WaitingFor.APPROVAL:
        case.resume(reason, at)


def _overtaken(case: Case, held: Settlement) -> bool:
    """Whether the customer wrote meanwhile: a matter is not resolved over words that nobody has answered."""
    return any(
        contact.direction is Direction.INBOUND and contact.recorded_at > held.begun_at
        for contact in case.contacts.values()
    )


def _way(case: Case, held: Settlement, text: str, at: datetime) -> ReplyRoute:
    return choose_route(tuple(case.contacts.values()), wish=_wish(held), text=text, at=at)


def _wish(held: Settlement) -> ReplyWish:
    """The same way as was chosen when it began."""
    return ReplyWish(
        channel=held.channel,
        account_id=held.account_id,
        handle_id=held.handle_id,
        visibility=held.visibility,
    )
