"""What happens on a budget account. Each fact carries the standing after it, so that it can be shown as is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

import msgspec

from contracts.stored import Fact, FirstFact
from contracts.vocabulary import BudgetOwnerKind, BudgetPeriod

if TYPE_CHECKING:
    from services.routing.domain.budget import Budget


class HoldState(StrEnum):
    """How far a hold has come. It ends once: captured, released or expired."""

    OPEN = "OPEN"
    PAYING = "PAYING"
    CAPTURED = "CAPTURED"
    RELEASED = "RELEASED"
    EXPIRED = "EXPIRED"


class Standing(msgspec.Struct, frozen=True):
    """An account at one moment, in minor units. Granted = available + reserved + spent, always.

    `carried_minor`: how much of the grant came from the period before, less what went on into the next one.
    """

    owner_kind: BudgetOwnerKind
    owner_ref: str
    currency: str
    period: BudgetPeriod
    period_start: datetime
    period_end: datetime
    granted_minor: int
    item_limit_minor: int
    reserved_minor: int = 0
    spent_minor: int = 0
    open: bool = True
    carried_minor: int = 0

    @property
    def allocated_minor(self) -> int:
        """The grant of this period alone, without what was carried over."""
        return self.granted_minor - self.carried_minor

    @property
    def available_minor(self) -> int:
        """What can still be held; below zero only by as much as the grant was cut."""
        return self.granted_minor - self.reserved_minor - self.spent_minor


class BudgetOpened(FirstFact):
    """A period began (or its owner got a budget in it): from now on money can be held."""

    TOPIC: ClassVar[str] = "routing.budget-opened.v1"
    standing: Standing


class GrantChanged(Fact):
    """Somebody entitled set another grant or item limit for the running period; holds that exist stay."""

    TOPIC: ClassVar[str] = "routing.grant-changed.v1"
    change_id: UUID
    standing: Standing

    def apply(self, aggregate: Budget) -> None:
        """Take over the new bounds."""
        aggregate.standing = self.standing
        aggregate.grant_changes[self.change_id] = (self.standing.allocated_minor, self.standing.item_limit_minor)


class HoldPlaced(Fact):
    """Money was set aside for a gesture, so that nobody else can spend it meanwhile."""

    TOPIC: ClassVar[str] = "routing.hold-placed.v1"
    hold_id: UUID
    gesture_id: UUID
    amount_minor: int
    expires_at: datetime | None
    standing: Standing

    def apply(self, aggregate: Budget) -> None:
        """Remember the hold."""
        aggregate.standing = self.standing
        aggregate.remember_hold(self.hold_id, self.gesture_id, self.amount_minor, self.expires_at)


class PaymentStarted(Fact):
    """The payout is on its way: from now on the hold cannot expire under it."""

    TOPIC: ClassVar[str] = "routing.payment-started.v1"
    hold_id: UUID

    def apply(self, aggregate: Budget) -> None:
        """Pin the hold."""
        aggregate.holds[self.hold_id].state = HoldState.PAYING


class HoldCaptured(Fact):
    """The money was given; what was held beyond it is free again at once."""

    TOPIC: ClassVar[str] = "routing.hold-captured.v1"
    hold_id: UUID
    gesture_id: UUID
    held_minor: int
    captured_minor: int
    standing: Standing

    def apply(self, aggregate: Budget) -> None:
        """End the hold as spent."""
        aggregate.standing = self.standing
        aggregate.holds[self.hold_id].state = HoldState.CAPTURED
        aggregate.holds[self.hold_id].captured_minor = self.captured_minor


class CaptureForced(Fact):
    """A payout was made out of a hold that had ended without one: a real payment is never denied, only looked into."""

    TOPIC: ClassVar[str] = "routing.capture-forced.v1"
    hold_id: UUID
    gesture_id: UUID
    captured_minor: int
    standing: Standing

    def apply(self, aggregate: Budget) -> None:
        """End the hold as spent after all."""
        aggregate.standing = self.standing
        aggregate.holds[self.hold_id].state = HoldState.CAPTURED
        aggregate.holds[self.hold_id].captured_minor = self.captured_minor


class HoldReleased(Fact):
    """The gesture will not be given, so its money is free again."""

    TOPIC: ClassVar[str] = "routing.hold-released.v1"
    hold_id: UUID
    gesture_id: UUID
    held_minor: int
    reason: str
    standing: Standing

    def apply(self, aggregate: Budget) -> None:
        """End the hold as released."""
        aggregate.standing = self.standing
        aggregate.holds[self.hold_id].state = HoldState.RELEASED


class HoldExpired(Fact):
    """Nobody gave the gesture in time, so its money is free again."""

    TOPIC: ClassVar[str] = "routing.hold-expired.v1"
    hold_id: UUID
    gesture_id: UUID
    held_minor: int
    standing: Standing

    def apply(self, aggregate: Budget) -> None:
        """End the hold as expired."""
        aggregate.standing = self.standing
        aggregate.holds[self.hold_id].state = HoldState.EXPIRED


class CaptureReversed(Fact):
    """Money that was given came back. On a closed account nobody can spend it again."""

    TOPIC: ClassVar[str] = "routing.capture-reversed.v1"
    reversal_id: UUID
    hold_id: UUID
    gesture_id: UUID
    amount_minor: int
    standing: Standing

    def apply(self, aggregate: Budget) -> None:
        """Count what came back."""
        aggregate.standing = self.standing
        aggregate.holds[self.hold_id].reversed_minor += self.amount_minor
        aggregate.reversals[self.reversal_id] = (self.hold_id, self.amount_minor)


class CarriedOut(Fact):
    """The period is over: part of what is left goes on into the next one, and no longer stands here."""

    TOPIC: ClassVar[str] = "routing.budget-carried-out.v1"
    to_account_id: UUID
    amount_minor: int
    standing: Standing

    def apply(self, aggregate: Budget) -> None:
        """Hand it over."""
        aggregate.standing = self.standing
        aggregate.carried_to = self.to_account_id


class CarriedIn(Fact):
    """What was left of the period before may be spent in this one."""

    TOPIC: ClassVar[str] = "routing.budget-carried-in.v1"
    from_account_id: UUID
    amount_minor: int
    standing: Standing

    def apply(self, aggregate: Budget) -> None:
        """Take it over."""
        aggregate.standing = self.standing
        aggregate.carried_from[self.from_account_id] = self.amount_minor


class BudgetClosed(Fact):
    """The period is over or the budget was withdrawn: no new holds; those that exist still settle here."""

    TOPIC: ClassVar[str] = "routing.budget-closed.v1"
    standing: Standing

    def apply(self, aggregate: Budget) -> None:
        """Shut the account."""
        aggregate.standing = self.standing


class BudgetReopened(Fact):
    """A withdrawn budget was granted again within its period: what was spent of it stays spent."""

    TOPIC: ClassVar[str] = "routing.budget-reopened.v1"
    standing: Standing

    def apply(self, aggregate: Budget) -> None:
        """Let the account hold money again."""
        aggregate.standing = self.standing
