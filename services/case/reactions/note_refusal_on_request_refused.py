"""Routing refused what the desk asked: keep the answer for the mutation that waits for it."""

from __future__ import annotations

import msgspec

from contracts.envelope import Message
from contracts.routing import RequestRefused
from contracts.stored import CommandContext, Record, Row
from services.case.reactions.showing import show


async def note_refusal_on_request_refused(message: Message, context: CommandContext, *, record: Record) -> None:
    """Write the answer's row."""
    fact = msgspec.json.decode(message.data, type=RequestRefused)
    answer = (fact.request_id, fact.code, fact.message, list(fact.path))
    await show(context, record, Row("answer_desk_request", answer))
