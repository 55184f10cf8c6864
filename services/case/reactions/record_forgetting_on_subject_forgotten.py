"""Channels has forgotten contacts of an erased customer: the erasure goes on."""

from __future__ import annotations

import msgspec

from contracts.channels import SubjectForgotten
from contracts.envelope import Message
from contracts.stored import CommandContext, Record
from services.case.commands.record_forgetting import RecordForgetting, record_forgetting


async def record_forgetting_on_subject_forgotten(message: Message, context: CommandContext, *, record: Record) -> None:
    """Record it."""
    fact = msgspec.json.decode(message.data, type=SubjectForgotten)
    command = RecordForgetting(
        request_id=fact.request_id,
        part=fact.part,
        events=fact.events,
        keys_destroyed=fact.keys_destroyed,
        stores=fact.stores,
    )
    await record_forgetting(command, context, record=record)
