"""The context of what the service does by itself, asked by nobody."""

from __future__ import annotations

from contracts.stored import CommandContext
from contracts.vocabulary import system_actor
from services.routing.ports import Clock, Ids


def own_context(clock: Clock, ids: Ids) -> CommandContext:
    """A new command of the service's own. Such commands check again what they find, so a lost one is just repeated."""
    return CommandContext(command_id=ids.new(), actor=system_actor("routing"), at=clock.now(), correlation_id=ids.new())
