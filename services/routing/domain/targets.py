"""By when somebody has to begin a case, and the policy's numbers."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

import msgspec

from contracts.duty import Roster, duty
from contracts.vocabulary import Channel
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


class OfferRule(msgspec.Struct, frozen=True):
    """How cases of a channel, for agents of a team, are offered; None of either: any. `offering` None: they are not."""

    channel: Channel | None = None
    team_ref: str | None = None
    offering: Offering | None = None

    def fits(self, channel: Channel | None, team_ref: str | None) -> bool:
        """Whether it is about that channel and that team."""
        return self.channel in {None, channel} and self.team_ref in {None, team_ref}

    @property
    def closeness(self) -> tuple[int, bool]:
        """How closely it says what it is about: more criteria first, then a team before a channel."""
        return (self.channel is not None) + (self.team_ref is not None), self.team_ref is not None


class Rules(msgspec.Struct, frozen=True):
    """What decisions go by besides people.

    `answer_min`: within how many minutes somebody answers, generally; None: no case waits for anybody. How soon a
    single case is due, the case service says. `offering`: whoever is to get a case is asked first; None: it is theirs
    at once. `offer_rules`: where it is otherwise.
    """

    policy: Policy = Policy()
    answer_min: float | None = None
    offering: Offering | None = None
    offer_rules: tuple[OfferRule, ...] = ()

    def offering_of(self, channel: Channel | None, team_ref: str | None) -> Offering | None:
        """How a case that began on that channel is offered to an agent of that team; None: it is theirs at once."""
        if not self.offer_rules:
            return self.offering
        fitting = [rule for rule in self.offer_rules if rule.fits(channel, team_ref)]
        return max(fitting, key=lambda rule: rule.closeness).offering if fitting else self.offering

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
