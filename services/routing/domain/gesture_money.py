"""The money side of one gesture: asked for, then held, put to approval or refused, at most once held."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.stored import Stream
from contracts.vocabulary import RefusalCode, id_of
from services.routing.domain.gesture_money_facts import (
    ApprovalTurnedDown,
    MoneyAsked,
    MoneyDropped,
    MoneyHeld,
    MoneyRefused,
    MoneyState,
    PutToApproval,
)


def gesture_money_id(gesture_id: UUID) -> UUID:
    """The id of the stream that holds a gesture's money side."""
    return id_of("gesture-money", str(gesture_id))


class GestureMoney(Stream):
    """What routing knows of one gesture. Repeated questions record nothing more."""

    TOPIC: ClassVar[str] = "routing.gesture-money"

    class Created(Stream.Created):
        """Never raised: it begins with MoneyAsked."""

        TOPIC: ClassVar[str] = "routing.gesture-money.created.never"

    def __init__(self, gesture_id: UUID, case_id: UUID, agent_ref: str, amount_minor: int, currency: str) -> None:
        self.gesture_id = gesture_id
        self.case_id = case_id
        self.agent_ref = agent_ref
        self.amount_minor = amount_minor
        self.currency = currency
        self.state = MoneyState.ASKED
        self.hold_id: UUID | None = None
        self.account_id: UUID | None = None
        self.two_approvers_above_minor: int | None = None
        self.turned_down: set[UUID] = set()

    @classmethod
    def ask(
        cls, *, gesture_id: UUID, case_id: UUID, agent_ref: str, amount_minor: int, currency: str, at: datetime
    ) -> GestureMoney:
        """Begin with what was asked for."""
        return cls._create(
            MoneyAsked,
            id=gesture_money_id(gesture_id),
            timestamp=at,
            gesture_id=gesture_id,
            case_id=case_id,
            agent_ref=agent_ref,
            amount_minor=amount_minor,
            currency=currency,
        )

    def hold_id_for(self, approval_id: UUID | None) -> UUID:
        """The id of the hold this question leads to: the same whenever it is asked again."""
        return id_of("hold", str(self.gesture_id), str(approval_id or ""))

    def answered(self, approval_id: UUID) -> bool:
        """Whether this approval has had its answer."""
        return approval_id in self.turned_down or self.hold_id == self.hold_id_for(approval_id)

    def hold(
        self,
        *,
        account_id: UUID,
        hold_id: UUID,
        amount_minor: int,
        approval_id: UUID | None = None,
        paying: bool = False,
        at: datetime,
    ) -> None:
        """Answer that the money is set aside on that account. `paying`: and is to be paid out."""
        self.trigger_event(
            MoneyHeld,
            timestamp=at,
            gesture_id=self.gesture_id,
            case_id=self.case_id,
            hold_id=hold_id,
            account_id=account_id,
            amount_minor=amount_minor,
            currency=self.currency,
            approval_id=approval_id,
            paying=paying,
        )

    def put_to_approval(self, *, account_id: UUID, two_approvers_above_minor: int | None = None, at: datetime) -> None:
        """Answer that another person has to decide; two of them above that amount."""
        self.trigger_event(
            PutToApproval,
            timestamp=at,
            gesture_id=self.gesture_id,
            case_id=self.case_id,
            account_id=account_id,
            two_approvers_above_minor=two_approvers_above_minor,
        )

    def refuse(self, *, code: RefusalCode, at: datetime) -> None:
        """Answer that no account can pay this."""
        self.trigger_event(MoneyRefused, timestamp=at, gesture_id=self.gesture_id, case_id=self.case_id, code=code)

    def turn_down(self, *, approval_id: UUID, code: RefusalCode, at: datetime) -> None:
        """Answer that this approver may not approve it."""
        self.trigger_event(
            ApprovalTurnedDown,
            timestamp=at,
            gesture_id=self.gesture_id,
            case_id=self.case_id,
            approval_id=approval_id,
            code=code,
        )

    def drop(self, *, reason: str, at: datetime) -> None:
        """Note that the gesture will not be given. Repeated: nothing more."""
        if self.state is not MoneyState.DROPPED:
            self.trigger_event(MoneyDropped, timestamp=at, gesture_id=self.gesture_id, reason=reason)
