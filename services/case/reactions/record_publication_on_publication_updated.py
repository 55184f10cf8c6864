"""Channels says what became of a post of ours: show it."""

from __future__ import annotations

import msgspec

from contracts.envelope import Message
from contracts.publication import PublicationUpdated
from contracts.stored import CommandContext, Record
from services.case.commands.record_publication import RecordPublication, record_publication


async def record_publication_on_publication_updated(
    message: Message, context: CommandContext, *, record: Record
) -> None:
    """Record it."""
    fact = msgspec.json.decode(message.data, type=PublicationUpdated)
    command = RecordPublication(
        publication_id=fact.publication_id,
        status=fact.status,
        status_at=fact.at,
        external_id=fact.external_id,
        url=fact.url,
        code=fact.code,
        reason=fact.reason,
        retryable=fact.retryable,
    )
    await record_publication(command, context, record=record)
