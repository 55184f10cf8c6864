"""The numbers the routing policy is run with."""

from __future__ import annotations

import msgspec

MINUTE_S = 60.0
HOUR_S = 3600.0


class Policy(msgspec.Struct, frozen=True):
    """What may be set of the rules.

    `version`: named in every decision; another policy is another version, so that old decisions stay explained.
    `hold_margin_min`: a held case goes to somebody else so long before its deadline.
    `patience_min`: a customer waits at most so much longer for somebody known than for anybody else.
    `head_start_min`: of those a customer belongs to, the first in line takes it unless another begins so much sooner.
    `grace_min`: who is late or away for longer is not waited for until the next duty.
    `cases_per_hour`: how fast an agent's backlog goes; None: not known, so a backlog says nothing about time.
    `owner_ttl_days`: nobody owns a customer any more whom they were not in touch with for so long.
    """

    version: str = "continuity-2"
    hold_margin_min: float = 15.0
    patience_min: float = 120.0
    head_start_min: float = 10.0
    grace_min: float = 15.0
    cases_per_hour: float | None = None
    recent_days: int = 90
    owner_ttl_days: int | None = None

    @property
    def case_s(self) -> float:
        """How long one case of a backlog takes."""
        return 0.0 if self.cases_per_hour is None else HOUR_S / self.cases_per_hour
