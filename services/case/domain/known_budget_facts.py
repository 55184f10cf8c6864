"""What routing told of a budget, put on record: so that what somebody could spend at a position of our log can be read.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from contracts.stored import Fact, FirstFact
from contracts.vocabulary import BudgetOwnerKind, BudgetPeriod

if TYPE_CHECKING:
    from services.case.domain.known_budget import KnownBudget


class BudgetStanding(msgspec.Struct, frozen=True):
    """An account at one moment, in minor units: available = granted - reserved - spent."""

    owner_kind: BudgetOwnerKind
    owner_id: UUID
    currency: str
    period: BudgetPeriod
    period_start: datetime
    period_end: datetime
    granted_minor: int
    reserved_minor: int
    spent_minor: int
    item_limit_minor: int
    open: bool


class BudgetIntroduced(FirstFact):
    """Routing told of an account of which nothing was known here."""

    TOPIC = "budget.introduced.v1"
    standing: BudgetStanding
    gesture_id: UUID | None


class BudgetChanged(Fact):
    """Routing told that an account stands otherwise; `gesture_id`: for which gesture money was held, spent or freed."""

    TOPIC = "budget.changed.v1"
    standing: BudgetStanding
    gesture_id: UUID | None

    def apply(self, aggregate: KnownBudget) -> None:
        """Know it so."""
        aggregate.standing = self.standing
        aggregate.gesture_id = self.gesture_id
