"""What was promised or given in one case, by all agents together and in one currency."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from contracts.stored import Fact, FirstFact

if TYPE_CHECKING:
    from services.routing.domain.case_money import CaseMoney


class CaseMoneyBegun(FirstFact):
    """Money of this currency was held for a case for the first time."""

    TOPIC: ClassVar[str] = "routing.case-money-begun.v1"
    case_id: UUID
    currency: str


class CaseMoneyCounted(Fact):
    """So much of a hold counts for the case from now on; nothing, once it was released or came back."""

    TOPIC: ClassVar[str] = "routing.case-money-counted.v1"
    hold_id: UUID
    amount_minor: int

    def apply(self, aggregate: CaseMoney) -> None:
        """Count it."""
        aggregate.holds[self.hold_id] = self.amount_minor
