"""Saying of a clock that it is about to run out, or has: once for each moment at which it is due."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from contracts.vocabulary import ClockKind, ClockState
from services.case.domain import clock_facts as facts
from services.case.domain.case import Case
from services.case.domain.clock import CaseClock


class Noticed(StrEnum):
    """What was said."""

    WARNED = "WARNED"
    MISSED = "MISSED"


def notice(case: Case, clock: CaseClock, *, at: datetime) -> Noticed | None:
    """Say what there is to say of the clock at this moment; None: nothing, or it was said before.

    Of a promise that is broken, its own fact says so.
    """
    ran_out = clock.state is ClockState.MISSED or (clock.state is ClockState.RUNNING and clock.due_at < at)
    if ran_out:
        if clock.kind is ClockKind.COMMITMENT or case.missed.get(clock.key) == clock.due_at:
            return None
        case.trigger_event(facts.ClockMissed, timestamp=at, kind=clock.kind, clock_of=clock.of, due_at=clock.due_at)
        return Noticed.MISSED
    if clock.state is not ClockState.RUNNING or at < clock.warn_at or case.warned.get(clock.key) == clock.due_at:
        return None
    case.trigger_event(facts.ClockWarned, timestamp=at, kind=clock.kind, clock_of=clock.of, due_at=clock.due_at)
    return Noticed.WARNED
