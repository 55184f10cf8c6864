"""Sets what may leave by a channel account, as somebody at the desk asks."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import AccountMode
from services.channels.domain.account import CONFIGURATION_ID, Account


class UpdateAccount(msgspec.Struct, frozen=True):
    """The request `request_id` of the person `requested_by`. What is None stays as it is."""

    request_id: UUID
    account_id: UUID
    requested_by: str
    mode: AccountMode | None = None
    paused: bool | None = None


async def update_account(command: UpdateAccount, context: CommandContext, *, record: Record) -> Committed:
    """Set it, one after the other with the configuration. Outcome: `known`, whether there ever was such an account."""

    async def decide() -> Work:
        account = await record.load(Account, command.account_id)
        if account is None:
            return Work(outcome={"known": False})
        account.set_sending(
            mode=command.mode,
            paused=command.paused,
            request_id=command.request_id,
            requested_by=command.requested_by,
            at=context.at,
        )
        return Work(streams=(account,), outcome={"known": True})

    return await record.transact(context, decide, serialise_on=(CONFIGURATION_ID,))
