"""What becomes of the payout of a gesture. Its status is PAYING from the first of them to the last.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from contracts.stored import Fact, Sealed
from contracts.vocabulary import GestureStatus, RefusalCode
from services.case.domain.payout import Payout, PayoutState, Unsettled

if TYPE_CHECKING:
    from services.case.domain.case import Case


class PayoutBegun(Fact):
    """The money is pinned in the ledger: whoever pays it out may be asked to, under the hold's id."""

    TOPIC = "case.payout-begun.v1"
    gesture_id: UUID
    hold_id: UUID
    account_id: UUID
    amount_minor: int

    def apply(self, aggregate: Case) -> None:
        """It is being paid."""
        gesture = aggregate.gestures[self.gesture_id]
        gesture.status = GestureStatus.PAYING
        gesture.hold_id = self.hold_id
        gesture.amount_minor = self.amount_minor
        gesture.payout = Payout(hold_id=self.hold_id, account_id=self.account_id)


class PayoutTried(Fact):
    """The payer was asked and nothing is settled by it. `again_at` None: it is not posted again, only waited for."""

    TOPIC = "case.payout-tried.v1"
    gesture_id: UUID
    attempt: int
    outcome: Unsettled
    again_at: datetime | None

    def apply(self, aggregate: Case) -> None:
        """Count it."""
        payout = aggregate.gestures[self.gesture_id].payout
        if payout is not None:
            payout.attempts = self.attempt


class PayoutPaid(Fact):
    """The payer paid. What it brought is the customer's: a voucher's code is money."""

    TOPIC = "case.payout-paid.v1"
    gesture_id: UUID
    provider_ref: Annotated[str | None, Sealed]
    code: Annotated[str | None, Sealed]
    url: Annotated[str | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """It is settled."""
        aggregate.said.note(self.gesture_id, self.originator_version)
        gesture = aggregate.gestures[self.gesture_id]
        gesture.tokens += tuple(filter(None, (self.provider_ref, self.code)))
        if gesture.payout is not None:
            gesture.payout.state = PayoutState.PAID


class PayoutRefused(Fact):
    """The payer will not pay; `words`: why, as it said."""

    TOPIC = "case.payout-refused.v1"
    gesture_id: UUID
    code: RefusalCode
    words: Annotated[str | None, Sealed]

    def apply(self, aggregate: Case) -> None:
        """It will not be given."""
        aggregate.said.note(self.gesture_id, self.originator_version)
        gesture = aggregate.gestures[self.gesture_id]
        gesture.status = GestureStatus.REFUSED
        if gesture.payout is not None:
            gesture.payout.state = PayoutState.REFUSED


class GestureReversed(Fact):
    """Money that was paid out came back, all of it or a part."""

    TOPIC = "case.gesture-reversed.v1"
    gesture_id: UUID
    reversal_id: UUID
    amount_minor: int

    def apply(self, aggregate: Case) -> None:
        """It is the customer's no longer, once nothing is left of it."""
        gesture = aggregate.gestures[self.gesture_id]
        gesture.reversals[self.reversal_id] = self.amount_minor
        if sum(gesture.reversals.values()) >= gesture.amount_minor:
            gesture.status = GestureStatus.REVERSED
