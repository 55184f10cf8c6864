"""Opens the account of the current period from its owner's standing grant: when it begins, or when money is asked."""

from __future__ import annotations

import msgspec

from contracts.stored import CommandContext, Committed, Work
from services.routing.commands.running_account import current_account, grants_of
from services.routing.domain.calendar import Calendar
from services.routing.domain.grant import Owner, grant_in
from services.routing.ports import Record


class OpenAccount(msgspec.Struct, frozen=True):
    """The owner's account in that currency for the period of now."""

    owner: Owner
    currency: str


async def open_account(
    command: OpenAccount, context: CommandContext, *, record: Record, calendar: Calendar
) -> Committed:
    """Open the account, unless it is open already or its owner has no grant any more."""

    async def decide() -> Work:
        grant = grant_in(await grants_of(record, command.owner), command.currency)
        if grant is None:
            return Work()
        account = await current_account(record, command.owner, grant, context.at, calendar)
        return Work(streams=(account,) if account.pending_events else ())

    return await record.transact(context, decide, serialise_on=(command.owner.id,))
