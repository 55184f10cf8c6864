"""The case service redacted an entry: what is here of it is to go."""

from __future__ import annotations

import msgspec

from contracts.case import ContentRedacted
from contracts.envelope import Message
from contracts.stored import CommandContext, Record
from services.channels.commands.begin_withholding import BeginWithholding, begin_withholding


async def begin_withholding_on_content_redacted(message: Message, context: CommandContext, *, record: Record) -> None:
    """Take it on."""
    fact = msgspec.json.decode(message.data, type=ContentRedacted)
    command = BeginWithholding(redaction_id=fact.redaction_id, entry_ids=(fact.entry_id,))
    await begin_withholding(command, context, record=record)
