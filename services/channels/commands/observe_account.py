"""Note how an account does."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.channels.domain.health import AccountHealth, health_id_of
from services.channels.domain.health_facts import Health


class ObserveAccount(msgspec.Struct, frozen=True):
    """What a look at the account found."""

    account_id: UUID
    health: Health


async def observe_account(command: ObserveAccount, context: CommandContext, *, record: Record) -> Committed:
    """Record it, where it is news. Outcome: `told`."""

    async def decide() -> Work:
        known = await record.load(AccountHealth, health_id_of(command.account_id))
        if known is None:
            known = AccountHealth.begin(command.account_id, command.health, at=context.at)
        else:
            known.observe(command.health, at=context.at)
        told = bool(known.pending_events)
        return Work(streams=(known,) if told else (), outcome={"told": told})

    return await record.transact(context, decide, serialise_on=(command.account_id,))
