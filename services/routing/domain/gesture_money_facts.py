"""What routing answered to a gesture that asked for money; beside it stands what changed on the account."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from contracts.stored import Fact, FirstFact
from contracts.vocabulary import RefusalCode

if TYPE_CHECKING:
    from services.routing.domain.gesture_money import GestureMoney


class MoneyState(StrEnum):
    """How far a gesture's money has come."""

    ASKED = "ASKED"
    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    HELD = "HELD"
    REFUSED = "REFUSED"
    DROPPED = "DROPPED"


class MoneyAsked(FirstFact):
    """An agent wants to give a customer something; the answer follows in the same breath."""

    TOPIC: ClassVar[str] = "routing.money-asked.v1"
    gesture_id: UUID
    case_id: UUID
    agent_ref: str
    amount_minor: int
    currency: str


class MoneyHeld(Fact):
    """The money is set aside, so the gesture may be given. `approval_id`: whose yes this follows, if anybody's.

    `paying`: it has to be paid out first, and the hold is pinned until it is known what became of that.
    """

    TOPIC: ClassVar[str] = "routing.money-held.v1"
    gesture_id: UUID
    case_id: UUID
    hold_id: UUID
    account_id: UUID
    amount_minor: int
    currency: str
    approval_id: UUID | None
    paying: bool

    def apply(self, aggregate: GestureMoney) -> None:
        """Remember where the money is held."""
        aggregate.state = MoneyState.HELD
        aggregate.hold_id = self.hold_id
        aggregate.account_id = self.account_id


class PutToApproval(Fact):
    """The amount is above what the agent may give alone, so another person decides; nothing is held.

    `two_approvers_above_minor`: above it two people have to; None: one is enough.
    """

    TOPIC: ClassVar[str] = "routing.put-to-approval.v1"
    gesture_id: UUID
    case_id: UUID
    account_id: UUID
    two_approvers_above_minor: int | None

    def apply(self, aggregate: GestureMoney) -> None:
        """Wait for another person."""
        aggregate.state = MoneyState.AWAITING_APPROVAL
        aggregate.two_approvers_above_minor = self.two_approvers_above_minor


class MoneyRefused(Fact):
    """There is no account that could pay, so the gesture cannot be given."""

    TOPIC: ClassVar[str] = "routing.money-refused.v1"
    gesture_id: UUID
    case_id: UUID
    code: RefusalCode

    def apply(self, aggregate: GestureMoney) -> None:
        """End here."""
        aggregate.state = MoneyState.REFUSED


class ApprovalTurnedDown(Fact):
    """This approver may not approve this; somebody else may."""

    TOPIC: ClassVar[str] = "routing.approval-turned-down.v1"
    gesture_id: UUID
    case_id: UUID
    approval_id: UUID
    code: RefusalCode

    def apply(self, aggregate: GestureMoney) -> None:
        """Remember who was told no."""
        aggregate.turned_down.add(self.approval_id)


class MoneyDropped(Fact):
    """The gesture will not be given: what was held for it is free, and a late approval holds nothing."""

    TOPIC: ClassVar[str] = "routing.money-dropped.v1"
    gesture_id: UUID
    reason: str

    def apply(self, aggregate: GestureMoney) -> None:
        """End here."""
        aggregate.state = MoneyState.DROPPED
