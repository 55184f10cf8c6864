"""A gesture as its case knows it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import GestureKind, GestureStatus
from services.case.domain.payout import Payout


class Gesture(msgspec.Struct, kw_only=True):
    """A gesture as folded from the facts. `asked_minor`: what the agent asked; `amount_minor`: what it is about now.

    `two_approvers_above_minor`: above it two people approve; `first_approver_ref`, `first_approved_minor`: who has,
    and how much. `payout` None: it needs none. `reversals`: what came back, by their ids.
    `tokens`: what it refers to and what it brought, which stands for its customer.
    """

    gesture_id: UUID
    kind: GestureKind
    status: GestureStatus
    asked_minor: int
    amount_minor: int
    currency: str
    reason: str
    agent_ref: str
    expires_at: datetime | None = None
    approval_id: UUID | None = None
    hold_id: UUID | None = None
    two_approvers_above_minor: int | None = None
    first_approver_ref: str | None = None
    first_approved_minor: int = 0
    payout: Payout | None = None
    reversals: dict[UUID, int] = msgspec.field(default_factory=dict)
    tokens: tuple[str, ...] = ()

    @property
    def shown_minor(self) -> int:
        """What screens show: until money is held, what was asked, whatever an approver said."""
        held = self.status in {GestureStatus.GIVEN, GestureStatus.REVERSED}
        return self.amount_minor if held else self.asked_minor
