"""Notes that an agent's duty began or ended, by the roster."""

from __future__ import annotations

import msgspec

from contracts.stored import CommandContext, Committed, Work
from services.routing.domain.agent import Agent, agent_id
from services.routing.ports import Record


class TurnDuty(msgspec.Struct, frozen=True):
    """That agent's."""

    agent_ref: str


async def turn_duty(command: TurnDuty, context: CommandContext, *, record: Record) -> Committed:
    """Note until when the agent is on duty, or when the next duty begins; where nothing is new, nothing."""

    async def decide() -> Work:
        agent = await record.load(Agent, agent_id(command.agent_ref))
        if agent is None:
            return Work()
        agent.turn_duty(at=context.at)
        return Work(streams=(agent,) if agent.pending_events else ())

    return await record.transact(context, decide, serialise_on=(agent_id(command.agent_ref),))
