"""What can become of the promises made in a case.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from contracts.stored import Fact, Sealed
from services.case.domain.commitment import Commitment, CommitmentStatus

if TYPE_CHECKING:
    from services.case.domain.case import Case


class CommitmentMade(Fact):
    """An agent promised the customer something by a moment."""

    TOPIC = "case.commitment-made.v1"
    commitment_id: UUID
    customer_id: UUID
    owner_id: UUID
    due_at: datetime
    text: Annotated[str | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """The case has one more promise to keep."""
        aggregate.said.note(self.commitment_id, self.originator_version)
        aggregate.commitments[self.commitment_id] = Commitment(
            commitment_id=self.commitment_id,
            owner_id=self.owner_id,
            made_at=self.timestamp,
            due_at=self.due_at,
            status=CommitmentStatus.OPEN,
        )


class CommitmentKept(Fact):
    """What was promised was done in time."""

    TOPIC = "case.commitment-kept.v1"
    commitment_id: UUID

    def apply(self, aggregate: Case) -> None:
        """It is kept."""
        commitment = aggregate.commitments[self.commitment_id]
        commitment.status, commitment.ended_at = CommitmentStatus.KEPT, self.timestamp


class CommitmentBroken(Fact):
    """Its moment came and nobody had said that it was kept."""

    TOPIC = "case.commitment-broken.v1"
    commitment_id: UUID

    def apply(self, aggregate: Case) -> None:
        """It is broken."""
        commitment = aggregate.commitments[self.commitment_id]
        commitment.status, commitment.ended_at = CommitmentStatus.BROKEN, commitment.due_at


class CommitmentWithdrawn(Fact):
    """An agent took a promise back before its moment came, for a reason in words."""

    TOPIC = "case.commitment-withdrawn.v1"
    commitment_id: UUID
    reason: Annotated[str | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """It is withdrawn."""
        aggregate.said.note(self.commitment_id, self.originator_version)
        commitment = aggregate.commitments[self.commitment_id]
        commitment.status, commitment.ended_at = CommitmentStatus.WITHDRAWN, self.timestamp
