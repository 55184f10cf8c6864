"""Routing says how an agent is now: show it, and answer the desk's request if this is the answer to one."""

from __future__ import annotations

import msgspec

from contracts.envelope import Message
from contracts.routing import AgentChanged
from contracts.stored import CommandContext, Record, Row
from services.case.reactions.showing import show


async def show_agent_on_agent_changed(message: Message, context: CommandContext, *, record: Record) -> None:
    """Write the agent's row."""
    fact = msgspec.json.decode(message.data, type=AgentChanged)
    agent = Row(
        "upsert_agent",
        (
            fact.agent_id,
            fact.ref,
            fact.kind,
            fact.display_name,
            fact.email,
            fact.presence,
            fact.capacity_units,
            fact.load_units,
            fact.active,
            list(fact.languages),
            list(fact.skills),
            fact.team_ref,
        ),
    )
    answer = () if fact.request_id is None else (Row("answer_desk_request", (fact.request_id, None, None, None)),)
    await show(context, record, agent, *answer)
