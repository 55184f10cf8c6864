"""Whether there is too much for those on duty, as routing told us of it, put on record.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import Fact, FirstFact, Stream
from contracts.vocabulary import id_of

CAPACITY_ID: UUID = id_of("capacity", "known")


class CapacityStanding(msgspec.Struct, frozen=True):
    """The cases of the last hour against those rostered in it. `short`: they are too many.

    `offered_load`: the part of the rostered time that they take; 1: all of it.
    """

    short: bool
    offered_load: float
    cases: int
    rostered_s: float


class CapacityIntroduced(FirstFact):
    """Routing told for the first time that there is too much."""

    TOPIC = "capacity.introduced.v1"
    standing: CapacityStanding


class CapacityChanged(Fact):
    """Routing told that there is too much again, or no longer."""

    TOPIC = "capacity.changed.v1"
    standing: CapacityStanding

    def apply(self, aggregate: KnownCapacity) -> None:
        """Know it so."""
        aggregate.standing = self.standing


class KnownCapacity(Stream):
    """The one stream of it."""

    TOPIC = "capacity"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "capacity.created.never"

    def __init__(self, standing: CapacityStanding) -> None:
        self.standing = standing

    @classmethod
    def introduce(cls, *, standing: CapacityStanding, at: datetime) -> KnownCapacity:
        """Hear of it for the first time."""
        return cls._create(CapacityIntroduced, id=CAPACITY_ID, timestamp=at, standing=standing)

    def change(self, *, standing: CapacityStanding, at: datetime) -> None:
        """Hear how it stands now; the same again is no news."""
        if standing != self.standing:
            self.trigger_event(CapacityChanged, timestamp=at, standing=standing)
