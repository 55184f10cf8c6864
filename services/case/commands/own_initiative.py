"""The context of what the service does by itself, asked by nobody."""

from __future__ import annotations

from contracts.stored import CommandContext
from contracts.vocabulary import system_actor
from services.case.ports import Clock, Ids


def own_context(clock: Clock, ids: Ids) -> CommandContext:
    """A new command of the service's own. What makes its step happen once is what it finds on record."""
    command_id = ids.new()
    return CommandContext(command_id=command_id, actor=system_actor("case"), at=clock.now(), correlation_id=command_id)
