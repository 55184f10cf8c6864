"""A gesture as its case knows it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import GestureKind, GestureStatus


class Gesture(msgspec.Struct, kw_only=True):
    """A gesture as folded from the facts. `asked_minor`: what the agent asked; `amount_minor`: what it is about now."""

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

    @property
    def shown_minor(self) -> int:
        """What screens show: until money is held, what was asked, whatever an approver said."""
        return self.amount_minor if self.status is GestureStatus.GIVEN else self.asked_minor
