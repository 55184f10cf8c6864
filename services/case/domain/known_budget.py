"""A budget as routing told us of it. Routing keeps the money; here stands what was known of it, and when."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.stored import Stream
from services.case.domain.known_budget_facts import BudgetChanged, BudgetIntroduced, BudgetStanding


class KnownBudget(Stream):
    """One account of one period, by the account's id."""

    TOPIC = "budget"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "budget.created.never"

    def __init__(self, standing: BudgetStanding, gesture_id: UUID | None) -> None:
        self.standing = standing
        self.gesture_id = gesture_id

    @classmethod
    def introduce(
        cls, *, account_id: UUID, standing: BudgetStanding, gesture_id: UUID | None, at: datetime
    ) -> KnownBudget:
        """Hear of an account for the first time."""
        return cls._create(BudgetIntroduced, id=account_id, timestamp=at, standing=standing, gesture_id=gesture_id)

    def change(self, *, standing: BudgetStanding, gesture_id: UUID | None, at: datetime) -> None:
        """Hear how it stands now; the same again is no news."""
        if (standing, gesture_id) != (self.standing, self.gesture_id):
            self.trigger_event(BudgetChanged, timestamp=at, standing=standing, gesture_id=gesture_id)
