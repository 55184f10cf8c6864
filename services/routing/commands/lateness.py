"""Whether a case is to go to somebody else, since who has it went away; used by whoever looks at waiting cases."""

from __future__ import annotations

from datetime import datetime

from services.routing.commands.decision import asked
from services.routing.domain.absence import is_given_up
from services.routing.domain.assignment import Assignment
from services.routing.domain.crew import Seat
from services.routing.domain.policy import MINUTE_S
from services.routing.ports import Floor


async def comes_too_late(assignment: Assignment, at: datetime, *, floor: Floor) -> bool:
    """Whether who has the case went away and does not come back in time, and somebody else could take it."""
    if assignment.agent_id is None:
        return False
    deadline = floor.rules.deadline(assignment.answer_due)
    if deadline is None:
        return False
    decision, situation = await asked(assignment, at, floor=floor, anew=True)
    if not situation.crew.rostered:
        return False
    seat, policy = situation.crew.seat(assignment.agent_id), floor.rules.policy
    latest = deadline.timestamp() - policy.hold_margin_min * MINUTE_S
    if seat is None or _was_given(assignment, seat):
        return False
    if not is_given_up(seat, at=at.timestamp(), latest=latest, policy=policy):
        return False
    return decision.agent_id is not None or decision.held_for is not None


def _was_given(assignment: Assignment, seat: Seat) -> bool:
    """Whether a person gave the case to somebody who was away already: that was meant."""
    given_at, since = assignment.given_at, seat.agent.since
    return given_at is not None and (since is None or since <= given_at.timestamp())
