"""Sets an agent OFFLINE whose presence was for a time that is over."""

from __future__ import annotations

import msgspec

from contracts.stored import CommandContext, Committed, Work
from services.routing.domain.agent import Agent, agent_id
from services.routing.ports import Record


class EndPresence(msgspec.Struct, frozen=True):
    """That agent's."""

    agent_ref: str


async def end_presence(command: EndPresence, context: CommandContext, *, record: Record) -> Committed:
    """End it once its time is over; before that nothing."""

    async def decide() -> Work:
        agent = await record.load(Agent, agent_id(command.agent_ref))
        if agent is None:
            return Work()
        agent.end_presence(at=context.at)
        return Work(streams=(agent,) if agent.pending_events else ())

    return await record.transact(context, decide, serialise_on=(agent_id(command.agent_ref),))
