"""Closes the account of a period that is over; holds that exist still settle in it."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Work
from services.routing.domain.budget import Budget
from services.routing.ports import Record


class CloseAccount(msgspec.Struct, frozen=True):
    """That account."""

    account_id: UUID


async def close_account(command: CloseAccount, context: CommandContext, *, record: Record) -> Committed:
    """Close it once its period is over; before that, or again: nothing."""

    async def decide() -> Work:
        account = await record.load(Budget, command.account_id)
        if account is None or context.at < account.standing.period_end:
            return Work()
        account.close(at=context.at)
        return Work(streams=(account,) if account.pending_events else ())

    return await record.transact(context, decide, serialise_on=(command.account_id,))
