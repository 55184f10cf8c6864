"""Channels says how an account of ours is now: show it, and answer the desk's request if this is the answer to one."""

from __future__ import annotations

import msgspec

from contracts.channels import AccountConfigured
from contracts.envelope import Message
from contracts.stored import CommandContext, Record, Row
from contracts.vocabulary import RefusalCode
from services.case.reactions.showing import show


async def show_account_on_account_configured(message: Message, context: CommandContext, *, record: Record) -> None:
    """Write the account's row, its brand's, and the answer's: what the configuration no longer names is not found."""
    fact = msgspec.json.decode(message.data, type=AccountConfigured)
    account = Row(
        "upsert_channel_account",
        (fact.account_id, fact.channel, fact.account, fact.name, fact.brand, fact.active, fact.mode, fact.paused),
    )
    brand = () if fact.brand is None else (Row("upsert_brand", (fact.brand, fact.brand_name or fact.brand)),)
    gone = (None, None, None) if fact.active else (RefusalCode.NOT_FOUND, "no such account any more", ["accountId"])
    answer = () if fact.request_id is None else (Row("answer_desk_request", (fact.request_id, *gone)),)
    await show(context, record, account, *brand, *answer)
