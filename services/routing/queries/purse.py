"""Answers the port `Purse` from this service's tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from contracts.vocabulary import BudgetOwnerKind, BudgetPeriod
from infra.sql import statements
from services.routing.domain.grant import Grant, Owner

_SQL = statements("services.routing.queries")


class TablePurse:
    """Reads what is committed; the commands that follow check again."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def granted(self, after: tuple[str, str, str] | None, count_max: int) -> Sequence[tuple[Owner, Grant]]:
        """Standing grants by (owner kind, ref, currency), from behind `after`."""
        found = await self._pool.fetch(_SQL["granted"], *(after or ("", "", "")), count_max)
        return [
            (
                Owner(kind=BudgetOwnerKind(row["owner_kind"]), ref=row["owner_ref"]),
                Grant(
                    currency=row["currency"],
                    amount_minor=row["amount_minor"],
                    period=BudgetPeriod(row["period"]),
                    item_limit_minor=row["item_limit_minor"],
                    carry_over_max_minor=row["carry_over_max_minor"],
                    two_approvers_above_minor=row["two_approvers_above_minor"],
                ),
            )
            for row in found
        ]

    async def known_accounts(self, account_ids: Sequence[UUID]) -> set[UUID]:
        """Those of the accounts that were opened."""
        return {row["account_id"] for row in await self._pool.fetch(_SQL["known_accounts"], list(account_ids))}

    async def overdue_accounts(self, now: datetime, count_max: int) -> Sequence[UUID]:
        """Accounts still open whose period is over."""
        return [row["account_id"] for row in await self._pool.fetch(_SQL["overdue_accounts"], now, count_max)]

    async def overdue_holds(self, now: datetime, count_max: int) -> Sequence[UUID]:
        """Gestures for which money is still held whose time is over."""
        return [row["gesture_id"] for row in await self._pool.fetch(_SQL["overdue_holds"], now, count_max)]
