"""Routing says how an agent is now: note it, and answer the desk's request if this is the answer to one."""

from __future__ import annotations

import msgspec

from contracts.envelope import Message
from contracts.routing import AgentChanged
from contracts.stored import CommandContext, Record
from services.case.commands.note_agent import NoteAgent, note_agent
from services.case.domain.known_agent_facts import AgentCard


async def show_agent_on_agent_changed(message: Message, context: CommandContext, *, record: Record) -> None:
    """Put the agent on record, which shows it."""
    fact = msgspec.json.decode(message.data, type=AgentChanged)
    card = AgentCard(
        ref=fact.ref,
        kind=fact.kind,
        presence=fact.presence,
        capacity_units=fact.capacity_units,
        load_units=fact.load_units,
        active=fact.active,
        team_ref=fact.team_ref,
        languages=fact.languages,
        skills=fact.skills,
        on_duty_until=fact.on_duty_until,
        next_duty_at=fact.next_duty_at,
        roster=fact.roster,
    )
    command = NoteAgent(fact.agent_id, card, fact.display_name, fact.email, fact.request_id)
    await note_agent(command, context, record=record)
