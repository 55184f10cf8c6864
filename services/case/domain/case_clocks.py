"""The clocks of a case as they were last worked out, with the facts that say so.

They are a stream of their own, written with the case's: that a clock is set says nothing new about the matter, so that
nobody who read the case before has to read it again. The topics, and the names and types of the fields, are the stored
form: a change needs a new topic version.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from contracts.stored import Fact, FirstFact, Stream
from contracts.vocabulary import id_of
from services.case.domain.clock import CaseClock, ClockKey
from services.case.domain.clocks import due_of


def clocks_id(case_id: UUID) -> UUID:
    """The stream of a case's clocks."""
    return id_of("case-clocks", str(case_id))


class ClocksBegun(FirstFact):
    """A case has clocks."""

    TOPIC = "case-clocks.begun.v1"
    case_id: UUID


class ClocksSet(Fact):
    """What happened in the case started, stopped or moved these clocks. `due_at`: when the case is due from now on.

    `team`: whose targets count.
    """

    TOPIC = "case-clocks.set.v1"
    case_id: UUID
    clocks: tuple[CaseClock, ...]
    due_at: datetime | None
    team: str | None

    def apply(self, aggregate: CaseClocks) -> None:
        """They stand so."""
        aggregate.clocks |= {clock.key: clock for clock in self.clocks}
        aggregate.due_at = self.due_at
        aggregate.team = self.team


class CaseClocks(Stream):
    """All clocks of one case, those that stand still too."""

    TOPIC = "case-clocks"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "case-clocks.created.never"

    def __init__(self, *, case_id: UUID) -> None:
        self.case_id = case_id
        self.clocks: dict[ClockKey, CaseClock] = {}
        self.due_at: datetime | None = None
        self.team: str | None = None

    @classmethod
    def begin(cls, *, case_id: UUID, at: datetime) -> CaseClocks:
        """No clock yet."""
        return cls._create(ClocksBegun, id=clocks_id(case_id), timestamp=at, case_id=case_id)

    def set(self, clocks: Mapping[ClockKey, CaseClock], *, team: str | None, at: datetime) -> None:
        """Note what is different; the same again is no news."""
        changed = tuple(clock for key, clock in clocks.items() if self.clocks.get(key) != clock)
        due_at = due_of(clocks.values())
        if changed or due_at != self.due_at:
            self.trigger_event(ClocksSet, timestamp=at, case_id=self.case_id, clocks=changed, due_at=due_at, team=team)
