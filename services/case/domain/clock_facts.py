"""What time alone did to the clocks of a case: one is about to run out, or has.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from contracts.stored import Fact
from contracts.vocabulary import ClockKind
from services.case.domain.clock import clock_key

if TYPE_CHECKING:
    from services.case.domain.case import Case


class ClockWarned(Fact):
    """Most of the time that was agreed is over. `clock_of`: the contact, promise or case that the clock is for."""

    TOPIC = "case.clock-warned.v1"
    kind: ClockKind
    clock_of: UUID
    due_at: datetime

    def apply(self, aggregate: Case) -> None:
        """It is said once for each moment at which the clock is due."""
        aggregate.warned[clock_key(self.kind, self.clock_of)] = self.due_at


class ClockMissed(Fact):
    """The time that was agreed is over. `clock_of`: the contact or case that the clock is for."""

    TOPIC = "case.clock-missed.v1"
    kind: ClockKind
    clock_of: UUID
    due_at: datetime

    def apply(self, aggregate: Case) -> None:
        """It is said once for each moment at which the clock was due."""
        aggregate.missed[clock_key(self.kind, self.clock_of)] = self.due_at
