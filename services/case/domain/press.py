"""Calling the press desk to a case; `triage.why_call` says when."""

from __future__ import annotations

from datetime import datetime

from contracts.guards import PressDesk
from contracts.vocabulary import Refusal, id_of
from services.case.domain import assignments, handling
from services.case.domain.case import Case
from services.case.domain.guard_facts import PressCalled

PRESS_TAG = "press-desk"


def call(case: Case, desk: PressDesk, reason: str, *, at: datetime) -> None:
    """Call the desk to a case, once: it finds it by its tag, and gets it where it is to."""
    if case.press_called or case.is_resolved or case.erased:
        return
    latest = max(case.contacts.values(), key=lambda each: each.recorded_at, default=None)
    case.trigger_event(
        PressCalled,
        timestamp=at,
        customer_id=case.customer_id,
        contact_id=None if latest is None else latest.contact_id,
        team_ref=desk.team,
        reason=reason,
    )
    try:
        handling.set_tags(case, add=(PRESS_TAG,), remove=(), at=at)
    except Refusal:
        return  # a case with as many tags as there can be is called all the same
    if desk.transfer:
        transfer_id = id_of("press-transfer", str(case.id))
        assignments.transfer(case, transfer_id=transfer_id, agent_id=None, team_ref=desk.team, reason=reason, at=at)
