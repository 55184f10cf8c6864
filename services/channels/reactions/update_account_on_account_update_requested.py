"""Somebody at the desk says what may leave by an account."""

from __future__ import annotations

import msgspec

from contracts.case import AccountUpdateRequested
from contracts.envelope import Message
from contracts.stored import CommandContext, Record
from infra.logs import log
from services.channels.commands.update_account import UpdateAccount, update_account

logger = log("accounts")


async def update_account_on_account_update_requested(
    message: Message, context: CommandContext, *, record: Record
) -> None:
    """Set it. The desk asks about accounts that we told it of: another one gets no answer."""
    told = msgspec.json.decode(message.data, type=AccountUpdateRequested)
    command = UpdateAccount(told.request_id, told.account_id, told.requested_by, told.mode, told.paused)
    done = await update_account(command, context, record=record)
    if not done.outcome["known"]:
        logger.warning("an account is to be changed that never was", account_id=str(told.account_id))
