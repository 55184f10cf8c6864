"""When an agent can be expected, by roster and presence, and when the agent could begin something new."""

from __future__ import annotations

from contracts.vocabulary import Presence
from contracts.working_time import WorkingTime


def expected_at(
    presence: Presence, since: float | None, duty: WorkingTime | None, at: float, grace_s: float
) -> float | None:
    """When somebody will be there; None: nobody can tell. All in UTC seconds.

    Who is ONLINE is there. Everybody else comes with the next duty, or within `grace_s` of its start (who is late) or
    of having gone away. Who signed off or stays away for longer is not waited for before the duty after it.
    """
    if presence is Presence.ONLINE:
        return at
    if duty is None:
        return None
    span = duty.span_at(at)
    if span is not None:
        start, end = span
        left = since is not None and since >= start
        back = (since if left and since is not None else start) + grace_s
        if at < min(back, end) and not (left and presence is Presence.OFFLINE):
            return back if left else at
    return duty.next_start(at)


def could_begin(expected: float | None, duty: WorkingTime | None, backlog_s: float) -> float | None:
    """When somebody who is there from `expected` on has so much work behind them; None: nobody can tell.

    A backlog goes while on duty. Who is there out of hours, or has no roster, is taken to stay.
    """
    if expected is None or backlog_s <= 0 or duty is None or duty.span_at(expected) is None:
        return None if expected is None else expected + backlog_s
    return duty.after(expected, backlog_s)
