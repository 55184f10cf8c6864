"""The case service wants a post of our own to leave: it becomes a delivery of ours."""

from __future__ import annotations

import msgspec

from contracts.content import PublicationContent
from contracts.envelope import Message
from contracts.publication import PublicationRequested
from contracts.stored import CommandContext, Record
from services.channels.commands.request_publication import RequestPublication, request_publication
from services.channels.ports import ContentOpener


class _Opened(msgspec.Struct, frozen=True):
    content: PublicationContent


async def request_publication_on_publication_requested(
    message: Message, context: CommandContext, *, record: Record, opener: ContentOpener
) -> None:
    """Take it on; where its text cannot be read any more it will fail and say so."""
    wanted = msgspec.json.decode(message.data, type=PublicationRequested)
    opened = None
    if message.sealed is not None and message.stream_id is not None:
        opened = await opener.open(message.sealed, message.stream_id, message.stream_version)
    command = RequestPublication(
        publication_id=wanted.publication_id,
        channel=wanted.channel,
        account=wanted.account,
        requested_at=wanted.requested_at,
        content=msgspec.json.decode(opened, type=_Opened).content if opened is not None else None,
    )
    await request_publication(command, context, record=record)
