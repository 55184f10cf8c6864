"""Routing told how a budget stands: it goes on record here, where its place in our own order is known."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.domain.known_budget import KnownBudget
from services.case.domain.known_budget_facts import BudgetStanding


class NoteBudget(msgspec.Struct, frozen=True):
    """An account as told. `gesture_id`: for which its money was held, spent or freed."""

    account_id: UUID
    standing: BudgetStanding
    gesture_id: UUID | None = None


async def note_budget(command: NoteBudget, context: CommandContext, *, record: Record) -> Committed:
    """Record what is new of the account."""

    async def decide() -> Work:
        known = await record.load(KnownBudget, command.account_id)
        standing, gesture_id = command.standing, command.gesture_id
        if known is None:
            known = KnownBudget.introduce(
                account_id=command.account_id, standing=standing, gesture_id=gesture_id, at=context.at
            )
        else:
            known.change(standing=standing, gesture_id=gesture_id, at=context.at)
        return Work(streams=(known,))

    return await record.transact(context, decide, serialise_on=(command.account_id,))
