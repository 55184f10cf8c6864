"""How much work comes in for those on duty: close to all they can do, no rule of routing keeps waiting short."""

from __future__ import annotations

import msgspec

from services.routing.domain.policy import Policy

WINDOW_S = 3600.0
RAISED_ABOVE = 0.9
CLEARED_BELOW = 0.8
"""Apart from one another, so that a load about the limit does not raise an alarm again and again."""


class Load(msgspec.Struct, frozen=True):
    """What came in within a window, and who was rostered in it.

    `cases`: opened in the window. `rostered_s`: the duty of all agents in it, together.
    """

    cases: int
    rostered_s: float

    def offered(self, policy: Policy) -> float | None:
        """The part of the rostered time that the cases take; None: nobody knows (no roster, no pace of work)."""
        if policy.cases_per_hour is None or not self.rostered_s:
            return None
        return self.cases * policy.case_s / self.rostered_s


def alarmed(load: float | None, *, before: bool) -> bool:
    """Whether the alarm is on, after it was so before; as long as nobody knows the load, nothing changes."""
    if load is None:
        return before
    return load > RAISED_ABOVE or (before and load >= CLEARED_BELOW)
