"""Channels says how an account of ours is now."""

from __future__ import annotations

import msgspec

from contracts.channels import AccountConfigured
from contracts.envelope import Message
from contracts.stored import CommandContext, Record, Row
from services.case.reactions.showing import show


async def show_account_on_account_configured(message: Message, context: CommandContext, *, record: Record) -> None:
    """Write the account's row and its brand's."""
    fact = msgspec.json.decode(message.data, type=AccountConfigured)
    account = Row(
        "upsert_channel_account",
        (fact.account_id, fact.channel, fact.account, fact.name, fact.brand, fact.active),
    )
    brand = () if fact.brand is None else (Row("upsert_brand", (fact.brand, fact.brand_name or fact.brand)),)
    await show(context, record, account, *brand)
