"""What can be recorded of looking at a gesture after it was given.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from contracts.stored import Fact, FirstFact
from services.case.domain.control_signs import GestureSign, ReviewOutcome

if TYPE_CHECKING:
    from services.case.domain.gesture_control import GestureControl


class GestureLookedAt(FirstFact):
    """The controls ran over a gesture that was given: proof of it, whatever they found.

    `sampled`: a second person is to read it. `approver_refs`: who said yes, where somebody had to.
    """

    TOPIC = "gesture-control.looked-at.v1"
    gesture_id: UUID
    case_id: UUID
    agent_ref: str
    approver_refs: tuple[str, ...]
    sampled: bool
    signs: tuple[GestureSign, ...]


class GestureReviewed(Fact):
    """A second person read it. `reason`: a code of the configuration, of what is to be said about it."""

    TOPIC = "gesture-control.reviewed.v1"
    gesture_id: UUID
    outcome: ReviewOutcome
    reason: str | None

    def apply(self, aggregate: GestureControl) -> None:
        """It is read."""
        aggregate.outcome = self.outcome
