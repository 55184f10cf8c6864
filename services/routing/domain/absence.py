"""Whether a case waits any longer for somebody who has it and went away."""

from __future__ import annotations

from contracts.vocabulary import Presence
from services.routing.domain.crew import Seat
from services.routing.domain.policy import MINUTE_S, Policy


def is_given_up(seat: Seat, *, at: float, latest: float | None, policy: Policy) -> bool:
    """Whether somebody else is to answer, since who has the case will not in time. All in UTC seconds.

    `latest`: when somebody has to begin, less the margin; None: nobody has a roster, so that nobody can tell. Who went
    away is missed only after `grace_min`. Who signed off comes back with the next duty; where no roster says so, or who
    is only away in the middle of a duty, may come at any time, and is waited for as long as the case can wait.
    """
    if latest is None or seat.here or not seat.agent.active:
        return False
    since = seat.agent.since
    if since is not None and at - since < policy.grace_min * MINUTE_S:
        return False
    duty = seat.agent.duty
    if duty is None or (seat.agent.presence is Presence.AWAY and duty.span_at(at) is not None):
        return at >= latest
    expected = seat.expected_at(at, policy)
    return expected is None or expected > latest or at >= latest
