"""Notes that an agent came, went away or left for the day."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Work
from contracts.vocabulary import Presence, Refusal, RefusalCode
from services.routing.domain.agent import Agent, agent_id
from services.routing.ports import Record


class SetPresence(msgspec.Struct, frozen=True):
    """The agent is there, away or off; `until`: then OFFLINE by itself. `hand_over`: the open cases go to others."""

    request_id: UUID
    agent_ref: str
    presence: Presence
    until: datetime | None = None
    hand_over: bool = False


async def set_presence(command: SetPresence, context: CommandContext, *, record: Record) -> Committed:
    """Set it; the fact answers the request even where nothing changes.

    Raises:
        Refusal: NOT_FOUND for somebody who is not with us; INVALID_INPUT where `until` is over already.
    """

    async def decide() -> Work:
        agent = await record.load(Agent, agent_id(command.agent_ref))
        if agent is None:
            raise Refusal(RefusalCode.NOT_FOUND, "no such agent")
        agent.set_presence(
            presence=command.presence,
            until=command.until,
            at=context.at,
            request_id=command.request_id,
            hand_over=command.hand_over,
        )
        return Work(streams=(agent,))

    return await record.transact(context, decide, serialise_on=(agent_id(command.agent_ref),))
