"""Carries a change of an owner's standing grants into the accounts of the running periods, at once."""

from __future__ import annotations

from uuid import uuid5

from contracts.stored import CommandContext
from services.routing.commands.running_account import current_account
from services.routing.domain.budget import Budget
from services.routing.domain.calendar import Calendar
from services.routing.domain.grant import Grant, Owner, account_id, grant_in
from services.routing.ports import Record


async def changed_accounts(
    owner: Owner,
    before: tuple[Grant, ...],
    after: tuple[Grant, ...],
    context: CommandContext,
    *,
    record: Record,
    calendar: Calendar,
) -> tuple[Budget, ...]:
    """The accounts that a change of grants touches, with the change pending.

    A grant that went away closes its account; one that came back opens it again, and what was spent stays spent.
    """
    changed = []
    for currency in sorted({grant.currency for grant in (*before, *after)}):
        old, new = grant_in(before, currency), grant_in(after, currency)
        if old == new:
            continue
        if old is not None and (new is None or new.period is not old.period):
            changed.append(await _closed(owner, old, context, record, calendar))
        if new is not None:
            changed.append(await _granted(owner, new, context, record, calendar))
    return tuple(account for account in changed if account is not None and account.pending_events)


async def _closed(
    owner: Owner, grant: Grant, context: CommandContext, record: Record, calendar: Calendar
) -> Budget | None:
    account = await record.load(Budget, account_id(owner, grant, calendar.period(grant.period, context.at)))
    if account is not None:
        account.close(at=context.at)
    return account


async def _granted(owner: Owner, grant: Grant, context: CommandContext, record: Record, calendar: Calendar) -> Budget:
    account = await current_account(record, owner, grant, context.at, calendar)
    account.reopen(at=context.at)
    if (grant.amount_minor, grant.item_limit_minor) != (
        account.standing.allocated_minor,
        account.standing.item_limit_minor,
    ):
        account.change_grant(
            change_id=uuid5(context.command_id, str(account.id)),
            granted_minor=grant.amount_minor,
            item_limit_minor=grant.item_limit_minor,
            at=context.at,
        )
    return account
