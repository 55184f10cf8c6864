"""By when somebody has to begin a case: its channel's opening hours, the target in them, and the policy's numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache

import msgspec

from contracts.vocabulary import Channel
from services.routing.domain.policy import MINUTE_S, Policy
from services.routing.domain.roster import Roster, duty
from services.routing.domain.working_time import WorkingTime

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
    """What decisions go by besides people. `target_min` None: no case waits for anybody (nobody has a roster).

    `hours`: when channels are answered; one that is not named is answered always.
    `offering`: whoever is to get a case is asked first; None: it is theirs at once.
    """

    policy: Policy = Policy()
    target_min: float | None = None
    hours: Mapping[Channel, Roster] = {}
    offering: Offering | None = None

    def deadline(self, channel: Channel, opened_at: datetime) -> datetime | None:
        """When so much time of opening hours has passed; where none is foreseen, the clock alone counts."""
        if self.target_min is None:
            return None
        at, wait_s = opened_at.timestamp(), self.target_min * MINUTE_S
        roster = self.hours.get(channel)
        due = None if roster is None else on_duty(roster, opened_at.date()).after(at, wait_s)
        return datetime.fromtimestamp(at + wait_s if due is None else due, UTC)


UNHURRIED = Rules()
"""Nobody is waited for."""


@lru_cache(maxsize=DAYS_COUNT_MAX)
def on_duty(roster: Roster, day: date) -> WorkingTime:
    """`duty`, remembered: it is the same all day for everybody with that roster."""
    return duty(roster, day)
