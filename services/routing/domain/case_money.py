"""The money of one case in one currency, whoever gives it: so that a cap per case holds for all agents together."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.stored import Stream
from contracts.vocabulary import Refusal, RefusalCode, id_of
from services.routing.domain.case_money_facts import CaseMoneyBegun, CaseMoneyCounted


def case_money_id(case_id: UUID, currency: str) -> UUID:
    """The id of the stream that counts a case's money in a currency."""
    return id_of("case-money", str(case_id), currency)


class CaseMoney(Stream):
    """`holds`: what each hold counts, in minor units."""

    TOPIC: ClassVar[str] = "routing.case-money"

    class Created(Stream.Created):
        """Never raised: it begins with CaseMoneyBegun."""

        TOPIC: ClassVar[str] = "routing.case-money.created.never"

    def __init__(self, case_id: UUID, currency: str) -> None:
        self.case_id = case_id
        self.currency = currency
        self.holds: dict[UUID, int] = {}

    @classmethod
    def begin(cls, *, case_id: UUID, currency: str, at: datetime) -> CaseMoney:
        """Begin with nothing."""
        return cls._create(
            CaseMoneyBegun, id=case_money_id(case_id, currency), timestamp=at, case_id=case_id, currency=currency
        )

    @property
    def total_minor(self) -> int:
        """What counts in all."""
        return sum(self.holds.values())

    def check(self, amount_minor: int, cap_minor: int | None) -> None:
        """Let pass what the case may still cost. `cap_minor` None: anything.

        Raises:
            Refusal: OVER_CASE_CAP.
        """
        if cap_minor is not None and self.total_minor + amount_minor > cap_minor:
            raise Refusal(RefusalCode.OVER_CASE_CAP, "more than one case may cost", "amount", "amount")

    def count(self, *, hold_id: UUID, amount_minor: int, at: datetime) -> None:
        """Let a hold count so much from now on; the same again is no news."""
        if self.holds.get(hold_id, 0) != amount_minor:
            self.trigger_event(CaseMoneyCounted, timestamp=at, hold_id=hold_id, amount_minor=amount_minor)
