"""The case service has kept a case's contents long enough: what is here of its contacts is to go."""

from __future__ import annotations

import msgspec

from contracts.case import ContentExpired
from contracts.envelope import Message
from contracts.stored import CommandContext, Record
from services.channels.commands.begin_withholding import BeginWithholding, begin_withholding


async def begin_withholding_on_content_expired(message: Message, context: CommandContext, *, record: Record) -> None:
    """Take it on."""
    fact = msgspec.json.decode(message.data, type=ContentExpired)
    command = BeginWithholding(redaction_id=fact.redaction_id, entry_ids=fact.contact_ids, expired=True)
    await begin_withholding(command, context, record=record)
