"""Routing says how a team is now."""

from __future__ import annotations

import msgspec

from contracts.envelope import Message
from contracts.routing import TeamChanged
from contracts.stored import CommandContext, Record, Row
from services.case.reactions.showing import show


async def show_team_on_team_changed(message: Message, context: CommandContext, *, record: Record) -> None:
    """Write the team's row."""
    fact = msgspec.json.decode(message.data, type=TeamChanged)
    await show(context, record, Row("upsert_team", (fact.team_id, fact.ref, fact.name)))
