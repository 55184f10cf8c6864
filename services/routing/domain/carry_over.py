"""What is left of one period may go on into the next: no money is made by it, and none twice."""

from __future__ import annotations

from datetime import datetime

import msgspec

from services.routing.domain.budget import Budget
from services.routing.domain.budget_facts import CarriedIn, CarriedOut


def carry_over(ended: Budget, running: Budget, *, amount_max_minor: int, at: datetime) -> int:
    """Move what is left of an account whose period is over into the running one, at most `amount_max_minor`; how much.

    Only an account that is still open gives, once; what is held in it still settles there. Afterwards it is to be
    closed, in the same transaction.
    """
    left = ended.standing
    amount = min(max(0, left.available_minor), amount_max_minor)
    if amount == 0 or not left.open or ended.carried_to is not None or at < left.period_end:
        return 0
    ended.trigger_event(
        CarriedOut,
        timestamp=at,
        to_account_id=running.id,
        amount_minor=amount,
        standing=msgspec.structs.replace(
            left, granted_minor=left.granted_minor - amount, carried_minor=left.carried_minor - amount
        ),
    )
    before = running.standing
    running.trigger_event(
        CarriedIn,
        timestamp=at,
        from_account_id=ended.id,
        amount_minor=amount,
        standing=msgspec.structs.replace(
            before, granted_minor=before.granted_minor + amount, carried_minor=before.carried_minor + amount
        ),
    )
    return amount
