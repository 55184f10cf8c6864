"""Routing told how an agent is: it goes on record here, where its place in our own order is known."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Row, Work
from services.case.domain.known_agent import KnownAgent
from services.case.domain.known_agent_facts import AgentCard


class NoteAgent(msgspec.Struct, frozen=True):
    """An agent as told. `request_id`: of the desk's request that this answers."""

    agent_id: UUID
    card: AgentCard
    display_name: str
    email: str | None = None
    request_id: UUID | None = None


async def note_agent(command: NoteAgent, context: CommandContext, *, record: Record) -> Committed:
    """Record what is new of the agent, and answer the request."""

    async def decide() -> Work:
        known = await record.load(KnownAgent, command.agent_id)
        card, name, email = command.card, command.display_name, command.email
        if known is None:
            known = KnownAgent.introduce(
                agent_id=command.agent_id, card=card, display_name=name, email=email, at=context.at
            )
        else:
            known.change(card=card, display_name=name, email=email, at=context.at)
        request = command.request_id
        answer = () if request is None else (Row("answer_desk_request", (request, None, None, None)),)
        return Work(streams=(known,), rows=answer)

    return await record.transact(context, decide, serialise_on=(command.agent_id,))
