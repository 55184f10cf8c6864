"""An agent says to be here or away."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from contracts.case import PresenceRequested
from contracts.envelope import Message
from contracts.stored import CommandContext
from contracts.vocabulary import Refusal
from services.routing.commands.refuse_request import refuse_request
from services.routing.commands.set_presence import SetPresence, set_presence
from services.routing.ports import Record


async def set_presence_on_presence_requested(
    message: Message, context: CommandContext, *, record: Record, wake: Callable[[], None]
) -> None:
    """Set it or say why not; then cases that wait for somebody are looked at again (`wake`)."""
    told = msgspec.json.decode(message.data, type=PresenceRequested)
    command = SetPresence(
        request_id=told.request_id,
        agent_ref=told.agent_ref,
        presence=told.presence,
        until=told.until,
        hand_over=told.hand_over,
    )
    try:
        await set_presence(command, context, record=record)
    except Refusal as refusal:
        await refuse_request(told.request_id, refusal, context, record=record)
    wake()
