"""Sets when an agent works, as a lead asks."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.duty import Roster
from contracts.stored import CommandContext, Committed, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.routing.domain.agent import Agent, agent_id
from services.routing.ports import Record


class SetRoster(msgspec.Struct, frozen=True):
    """The agent of that ref works so; `roster` None: presence alone tells."""

    request_id: UUID
    agent_ref: str
    roster: Roster | None


async def set_roster(command: SetRoster, context: CommandContext, *, record: Record) -> Committed:
    """Set it; the fact answers the request even where nothing changes. Cases that wait are decided by it from then on.

    Raises:
        Refusal: NOT_FOUND for somebody who is not with us.
    """

    async def decide() -> Work:
        agent = await record.load(Agent, agent_id(command.agent_ref))
        if agent is None:
            raise Refusal(RefusalCode.NOT_FOUND, "no such agent", "agentId")
        agent.set_roster(roster=command.roster, at=context.at, request_id=command.request_id)
        return Work(streams=(agent,))

    return await record.transact(context, decide, serialise_on=(agent_id(command.agent_ref),))
