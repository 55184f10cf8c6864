"""By when somebody has to begin a case, and the policy's numbers."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

import msgspec

from contracts.duty import Roster, duty
from contracts.working_time import WorkingTime
from services.routing.domain.policy import MINUTE_S, Policy

DAYS_COUNT_MAX = 1024


class Offering(msgspec.Struct, frozen=True):
    """How cases are offered. `offer_s`: so long an offer stands.

    `declined_min`: who said no, or nothing, is not asked again about that case for so long.
    `silent_offers_max`: who leaves so many offers in a row unanswered is away.
    """

    offer_s: float = 60.0
    silent_offers_max: int = 2
    declined_min: float = 60.0


class Rules(msgspec.Struct, frozen=True):
    """What decisions go by besides people.

    `answer_min`: within how many minutes somebody answers, generally; None: no case waits for anybody (nobody has a
    roster). How soon a single case is due, the case service says. `offering`: whoever is to get a case is asked first;
    None: it is theirs at once.
    """

    policy: Policy = Policy()
    answer_min: float | None = None
    offering: Offering | None = None

    def deadline(self, due_at: datetime | None) -> datetime | None:
        """Until when a case that is due then may wait for somebody; None: it waits for nobody."""
        return None if self.answer_min is None else due_at

    @property
    def patience_s(self) -> float:
        """How long a customer waits, generally."""
        return (self.answer_min or 0.0) * MINUTE_S


UNHURRIED = Rules()
"""Nobody is waited for."""


@lru_cache(maxsize=DAYS_COUNT_MAX)
def on_duty(roster: Roster, day: date) -> WorkingTime:
    """`duty`, remembered: it is the same all day for everybody with that roster."""
    return duty(roster, day)
