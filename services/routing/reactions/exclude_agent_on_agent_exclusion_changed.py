"""Somebody says that an agent is not to handle a customer, or may again."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from contracts.case import AgentExclusionChanged
from contracts.envelope import Message
from contracts.stored import CommandContext
from services.routing.commands.exclude_agent import ExcludeAgent, exclude_agent
from services.routing.ports import Floor, Record


async def exclude_agent_on_agent_exclusion_changed(
    message: Message, context: CommandContext, *, record: Record, floor: Floor, wake: Callable[[], None]
) -> None:
    """Heed it; then whatever waits for somebody is looked at again (`wake`)."""
    told = msgspec.json.decode(message.data, type=AgentExclusionChanged)
    command = ExcludeAgent(told.customer_id, told.agent_id, told.excluded, told.reason)
    await exclude_agent(command, context, record=record, floor=floor)
    wake()
