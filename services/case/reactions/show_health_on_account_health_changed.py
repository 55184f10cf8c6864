"""Channels says how an account of ours does."""

from __future__ import annotations

import msgspec

from contracts.channels import AccountHealthChanged
from contracts.envelope import Message
from contracts.stored import CommandContext, Record, Row
from services.case.reactions.showing import show


async def show_health_on_account_health_changed(message: Message, context: CommandContext, *, record: Record) -> None:
    """Write the account's row."""
    fact = msgspec.json.decode(message.data, type=AccountHealthChanged)
    received_and_sent = (fact.last_received_at, fact.last_sent_at)
    told = (fact.account_id, fact.at, *received_and_sent, fact.unread, fact.unsent, fact.trouble, fact.silent_since)
    await show(context, record, Row("upsert_account_health", told))
