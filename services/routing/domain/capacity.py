"""Whether more comes in than those on duty can do: the alarm of all routers, on record, so that it is raised once."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.stored import Fact, FirstFact, Stream
from contracts.vocabulary import id_of
from services.routing.domain.load import Load, alarmed
from services.routing.domain.policy import Policy

CAPACITY_ID: UUID = id_of("capacity", "routing")


class CapacityNoted(FirstFact):
    """For the first time there was too much. `offered_load`: the part of the rostered time that the cases take."""

    TOPIC: ClassVar[str] = "routing.capacity-noted.v1"
    short: bool
    offered_load: float
    cases: int
    rostered_s: float


class CapacityTurned(Fact):
    """There is too much again, or no longer."""

    TOPIC: ClassVar[str] = "routing.capacity-turned.v1"
    short: bool
    offered_load: float
    cases: int
    rostered_s: float

    def apply(self, aggregate: Capacity) -> None:
        """Take it over."""
        aggregate.short = self.short


class Capacity(Stream):
    """The one stream of the alarm. It begins when it is raised first."""

    TOPIC: ClassVar[str] = "routing.capacity"

    class Created(Stream.Created):
        """Never raised: it begins with CapacityNoted."""

        TOPIC: ClassVar[str] = "routing.capacity.created.never"

    def __init__(self, short: bool, offered_load: float, cases: int, rostered_s: float) -> None:  # noqa: FBT001  (a field of the fact)
        del offered_load, cases, rostered_s
        self.short = short

    @classmethod
    def begin(cls, *, load: Load, offered: float, at: datetime) -> Capacity:
        """Raise it for the first time."""
        return cls._create(
            CapacityNoted,
            id=CAPACITY_ID,
            timestamp=at,
            short=True,
            offered_load=offered,
            cases=load.cases,
            rostered_s=load.rostered_s,
        )

    def turn(self, *, short: bool, load: Load, offered: float, at: datetime) -> None:
        """Raise or clear it; the same again: nothing."""
        if short != self.short:
            self.trigger_event(
                CapacityTurned,
                timestamp=at,
                short=short,
                offered_load=offered,
                cases=load.cases,
                rostered_s=load.rostered_s,
            )


def judged(before: Capacity | None, load: Load, policy: Policy) -> bool:
    """Whether there is too much now, after it was so before or not."""
    return alarmed(load.offered(policy), before=before is not None and before.short)
