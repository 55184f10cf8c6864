"""Closes the account of a period that is over; holds that exist still settle in it, and some of the rest goes on."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Work
from services.routing.commands.running_account import current_account, grants_of
from services.routing.domain.budget import Budget
from services.routing.domain.calendar import Calendar
from services.routing.domain.carry_over import carry_over
from services.routing.domain.grant import Owner, grant_in
from services.routing.ports import Record


class CloseAccount(msgspec.Struct, frozen=True):
    """That account."""

    account_id: UUID


async def close_account(
    command: CloseAccount, context: CommandContext, *, record: Record, calendar: Calendar
) -> Committed:
    """Close it once its period is over; before that, or again: nothing.

    What the owner's grant lets carry over goes into the account of the period of now, in the same transaction: after a
    long sleep that is not the very next one.
    """

    async def decide() -> Work:
        account = await record.load(Budget, command.account_id)
        if account is None or context.at < account.standing.period_end:
            return Work()
        running = await _carried(account, context, record, calendar)
        account.close(at=context.at)
        return Work(streams=tuple(each for each in (account, running) if each is not None and each.pending_events))

    return await record.transact(context, decide, serialise_on=(command.account_id,))


async def _carried(account: Budget, context: CommandContext, record: Record, calendar: Calendar) -> Budget | None:
    """The running account of the same owner, with what it gets pending; None where nothing is carried over."""
    standing = account.standing
    owner = Owner(kind=standing.owner_kind, ref=standing.owner_ref)
    grant = grant_in(await grants_of(record, owner), standing.currency)
    if grant is None or grant.carry_over_max_minor == 0 or grant.period is not standing.period:
        return None
    running = await current_account(record, owner, grant, context.at, calendar)
    carry_over(account, running, amount_max_minor=grant.carry_over_max_minor, at=context.at)
    return running
