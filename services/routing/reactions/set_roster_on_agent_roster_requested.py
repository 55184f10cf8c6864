"""A lead says when an agent works."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from contracts.case import AgentRosterRequested
from contracts.envelope import Message
from contracts.stored import CommandContext
from contracts.vocabulary import Refusal
from services.routing.commands.refuse_request import refuse_request
from services.routing.commands.set_roster import SetRoster, set_roster
from services.routing.ports import Record


async def set_roster_on_agent_roster_requested(
    message: Message, context: CommandContext, *, record: Record, wake: Callable[[], None]
) -> None:
    """Set it or say why not; then cases that wait for somebody are looked at again (`wake`)."""
    told = msgspec.json.decode(message.data, type=AgentRosterRequested)
    try:
        await set_roster(SetRoster(told.request_id, told.agent_ref, told.roster), context, record=record)
    except Refusal as refusal:
        await refuse_request(told.request_id, refusal, context, record=record)
    wake()
