"""The case service erased a customer: what is here of them is to go."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.case import SubjectErased
from contracts.envelope import Message
from contracts.stored import CommandContext, Record
from services.channels.commands.begin_forgetting import BeginForgetting, begin_forgetting


async def begin_forgetting_on_subject_erased(message: Message, context: CommandContext, *, record: Record) -> None:
    """Take it on."""
    fact = msgspec.json.decode(message.data, type=SubjectErased)
    command = BeginForgetting(request_id=fact.request_id, part=fact.part, contact_ids=fact.contact_ids)
    await begin_forgetting(command, context, record=record)


def whose(message: Message) -> UUID:
    """Which customer is erased."""
    return msgspec.json.decode(message.data, type=SubjectErased).customer_id
