"""Channels has withheld its copies of a redacted entry: the redaction goes on."""

from __future__ import annotations

import msgspec

from contracts.channels import ContentWithheld
from contracts.envelope import Message
from contracts.stored import CommandContext, Record
from services.case.commands.record_withholding import RecordWithholding, record_withholding


async def record_withholding_on_content_withheld(message: Message, context: CommandContext, *, record: Record) -> None:
    """Record it."""
    fact = msgspec.json.decode(message.data, type=ContentWithheld)
    command = RecordWithholding(
        redaction_id=fact.redaction_id,
        events=fact.events,
        keys_destroyed=fact.keys_destroyed,
        stores=fact.stores,
    )
    await record_withholding(command, context, record=record)
