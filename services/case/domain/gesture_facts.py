"""What can become of the gestures given in a case: each step is a fact on the case, so that its history is complete.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from contracts.stored import Fact, Sealed
from contracts.vocabulary import GestureKind, GestureStatus, RefusalCode
from services.case.domain.gesture import Gesture

if TYPE_CHECKING:
    from services.case.domain.case import Case


class GestureRequested(Fact):
    """An agent gives the customer something; the money is not held yet. Amount in minor units."""

    TOPIC = "case.gesture-requested.v1"
    gesture_id: UUID
    customer_id: UUID
    agent_ref: str
    kind: GestureKind
    amount_minor: int
    currency: str
    reason: str
    note: Annotated[str | None, Sealed]
    reference: Annotated[dict[str, str] | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """The case has one more gesture."""
        aggregate.said.note(self.gesture_id, self.originator_version)
        aggregate.gestures[self.gesture_id] = Gesture(
            gesture_id=self.gesture_id,
            kind=self.kind,
            status=GestureStatus.REQUESTED,
            asked_minor=self.amount_minor,
            amount_minor=self.amount_minor,
            currency=self.currency,
            reason=self.reason,
            agent_ref=self.agent_ref,
            tokens=tuple(filter(None, [(self.reference or {}).get("value")])),
        )


class GestureAwaitingApproval(Fact):
    """The amount is above what the agent may give alone: another person decides before `expires_at`.

    `two_approvers_above_minor`: above it two people do.
    """

    TOPIC = "case.gesture-awaiting-approval.v1"
    gesture_id: UUID
    expires_at: datetime
    two_approvers_above_minor: int | None

    def apply(self, aggregate: Case) -> None:
        """It waits."""
        gesture = aggregate.gestures[self.gesture_id]
        gesture.status = GestureStatus.AWAITING_APPROVAL
        gesture.expires_at = self.expires_at
        gesture.two_approvers_above_minor = self.two_approvers_above_minor


class FirstApprovalGiven(Fact):
    """One of the two people who have to said yes, to so much; another one is still to."""

    TOPIC = "case.first-approval-given.v1"
    gesture_id: UUID
    approval_id: UUID
    approver_ref: str
    amount_minor: int

    def apply(self, aggregate: Case) -> None:
        """Half of it is done."""
        gesture = aggregate.gestures[self.gesture_id]
        gesture.first_approver_ref = self.approver_ref
        gesture.first_approved_minor = self.amount_minor


class GestureApproved(Fact):
    """Another person said yes; the money of the asking agent's team is to be held.

    `first_approver_ref`: who said so before, where two have to.
    """

    TOPIC = "case.gesture-approved.v1"
    gesture_id: UUID
    approval_id: UUID
    agent_ref: str
    approver_ref: str
    amount_minor: int
    currency: str
    kind: GestureKind
    first_approver_ref: str | None

    def apply(self, aggregate: Case) -> None:
        """It is on its way to being paid."""
        gesture = aggregate.gestures[self.gesture_id]
        gesture.status = GestureStatus.PAYING
        gesture.approval_id = self.approval_id
        gesture.amount_minor = self.amount_minor


class ApprovalRefused(Fact):
    """The approver may not approve this much: the gesture goes on waiting for somebody else."""

    TOPIC = "case.approval-refused.v1"
    gesture_id: UUID
    approval_id: UUID
    code: RefusalCode

    def apply(self, aggregate: Case) -> None:
        """It waits again, for the amount that was asked."""
        gesture = aggregate.gestures[self.gesture_id]
        gesture.status = GestureStatus.AWAITING_APPROVAL
        gesture.approval_id = None
        gesture.amount_minor = gesture.asked_minor


class GestureGiven(Fact):
    """The money is held and the gesture stands; the ledger takes the hold as spent."""

    TOPIC = "case.gesture-given.v1"
    gesture_id: UUID
    hold_id: UUID
    account_id: UUID
    amount_minor: int

    def apply(self, aggregate: Case) -> None:
        """It is the customer's."""
        gesture = aggregate.gestures[self.gesture_id]
        gesture.status = GestureStatus.GIVEN
        gesture.hold_id = self.hold_id
        gesture.amount_minor = self.amount_minor


class GestureRefused(Fact):
    """The ledger said no."""

    TOPIC = "case.gesture-refused.v1"
    gesture_id: UUID
    code: RefusalCode

    def apply(self, aggregate: Case) -> None:
        """It will not be given."""
        aggregate.gestures[self.gesture_id].status = GestureStatus.REFUSED


class GestureDeclined(Fact):
    """Another person said no, for a reason in words."""

    TOPIC = "case.gesture-declined.v1"
    gesture_id: UUID
    decider_ref: str
    reason: Annotated[str | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """It will not be given."""
        aggregate.said.note(self.gesture_id, self.originator_version)
        aggregate.gestures[self.gesture_id].status = GestureStatus.DECLINED


class GestureExpired(Fact):
    """Nobody decided in time."""

    TOPIC = "case.gesture-expired.v1"
    gesture_id: UUID

    def apply(self, aggregate: Case) -> None:
        """It will not be given."""
        aggregate.gestures[self.gesture_id].status = GestureStatus.EXPIRED


class HoldReturned(Fact):
    """Money was held for a gesture that will not be given: it goes back."""

    TOPIC = "case.hold-returned.v1"
    gesture_id: UUID
    hold_id: UUID

    def apply(self, aggregate: Case) -> None:
        """Remember which, so that it is returned once."""
        aggregate.gestures[self.gesture_id].hold_id = self.hold_id
