"""When the press desk is called: what was said in public travels far, or fast."""

from __future__ import annotations

from datetime import datetime

from contracts.guards import PressDesk
from contracts.vocabulary import Refusal, id_of
from services.case.domain import assignments, handling
from services.case.domain.case import Case
from services.case.domain.guard_facts import PressCalled
from services.case.domain.utterance import Utterance

PRESS_TAG = "press-desk"
HOUR_SECONDS = 3600


def why_call(said: Utterance, desk: PressDesk | None) -> str | None:
    """By which measure it travels far enough; None: it does not, or there is no such desk."""
    if desk is None or not said.public:
        return None
    reach, hours = said.reach, max(1.0, said.age_seconds / HOUR_SECONDS)
    if (reach.followers or 0) >= desk.followers:
        return f"reach: {desk.followers} followers or more"
    if (reach.views or 0) >= desk.views:
        return f"reach: seen {desk.views} times or more"
    if (reach.shares or 0) / hours >= desk.shares_per_hour:
        return f"velocity: shared {desk.shares_per_hour} times or more an hour"
    if (reach.views or 0) / hours >= desk.views_per_hour:
        return f"velocity: seen {desk.views_per_hour} times or more an hour"
    return None


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
