"""Money that is set aside on an account for one gesture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.vocabulary import Refusal, RefusalCode
from services.routing.domain.budget_facts import HoldState

UNSETTLED = (HoldState.OPEN, HoldState.PAYING)


@dataclass(slots=True)
class Hold:
    """Money set aside for one gesture, in minor units. `expires_at` None: until it is captured or released."""

    gesture_id: UUID
    amount_minor: int
    expires_at: datetime | None
    state: HoldState = HoldState.OPEN
    captured_minor: int = 0
    reversed_minor: int = 0


def check_unsettled(hold: Hold) -> None:
    """Let pass while the hold can still be paid or released.

    Raises:
        Refusal: BUDGET_CLOSED.
    """
    if hold.state not in UNSETTLED:
        raise Refusal(RefusalCode.BUDGET_CLOSED, f"the hold has ended: {hold.state}")
