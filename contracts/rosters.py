"""How the configuration file says when people work, when channels are open, and how routing weighs the one or other."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

from contracts.vocabulary import Channel

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Days = Annotated[tuple[Day, ...], msgspec.Meta(min_length=1, max_length=7)]
Clock = Annotated[str, msgspec.Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Calendar = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,5})?$")]
OfferSeconds = Annotated[int, msgspec.Meta(ge=5, le=3600)]
Minutes = Annotated[float, msgspec.Meta(ge=0, le=30 * 24 * 60)]


def minute_of(clock: str) -> int:
    """Minutes since midnight of `09:30`."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


class Break(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A pause in a shift."""

    start: Clock = msgspec.field(name="from")
    until: Clock


class Shift(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Somebody works on these days of each week; an end not behind the start is of the next day."""

    days: Days
    start: Clock = msgspec.field(name="from")
    until: Clock
    breaks: tuple[Break, ...] = ()

    @property
    def weekdays(self) -> tuple[int, ...]:
        """The days as numbers, 0: Monday."""
        return tuple(sorted({DAYS.index(day) for day in self.days}))


class Leave(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Days off, both included."""

    first: date
    last: date


class OpeningHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A period in which a channel is answered; a channel may have several. Without any it is answered always.

    `timezone`: by whose clocks, where that is not the installation's; all periods of a channel go by the same ones.
    """

    channel_path: str = msgspec.field(name="channel")
    days: Days
    start: Clock = msgspec.field(name="from")
    until: Clock
    timezone: str | None = None

    @property
    def channel(self) -> Channel | None:
        """The channel in the word that is stored and sent; None: there is none of that name."""
        return Channel.from_path(self.channel_path)

    @property
    def shift(self) -> Shift:
        """The same period, without its channel."""
        return Shift(days=self.days, start=self.start, until=self.until)


class OffersWhere(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How cases of a channel, for agents of a team, are offered, where that is otherwise than `[routing]` says."""

    offers: Literal["auto", "ask"]
    channel_path: str | None = msgspec.field(name="channel", default=None)
    team: str | None = None
    offer_seconds_max: OfferSeconds | None = None

    @property
    def channel(self) -> Channel | None:
        """The channel in the word that is stored and sent."""
        return None if self.channel_path is None else Channel.from_path(self.channel_path)


class Routing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How long a case may wait, and for whom. It matters where agents have shifts.

    `hold_margin_min`: a case stops waiting for somebody known so long before it is due, as the targets say.
    `patience_min`: it waits at most so much longer for somebody known than for anybody else. `cases_per_hour`: how fast
    an agent gets through cases; without it a backlog says nothing about time. `owner_ttl_days`: after so long without
    contact a customer belongs to nobody.

    `offers`: `auto`, a case is whose it is to be at once; `ask`, that agent is asked and may decline. An offer stands
    for `offer_seconds_max`; who leaves `silent_offers_max` in a row unanswered is away; who declines, or lets an offer
    go by, is not asked again about that case for `declined_min`. `offers_where`: channels and teams where it is
    otherwise; of several that fit, the one with both, then that of a team.

    `dropped_seconds`: an agent whose client follows what concerns them, and then is gone for so long, is OFFLINE.
    """

    hold_margin_min: Minutes = 15.0
    patience_min: Minutes = 120.0
    cases_per_hour: Annotated[float, msgspec.Meta(gt=0, le=3600)] | None = None
    owner_ttl_days: Annotated[int, msgspec.Meta(ge=1, le=36500)] | None = None
    offers: Literal["auto", "ask"] = "auto"
    offer_seconds_max: OfferSeconds = 60
    silent_offers_max: Annotated[int, msgspec.Meta(ge=1, le=100)] = 2
    declined_min: Minutes = 60.0
    offers_where: tuple[OffersWhere, ...] = ()
    dropped_seconds: Annotated[int, msgspec.Meta(ge=60, le=86_400)] = 120
