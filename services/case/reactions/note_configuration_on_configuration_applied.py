"""Another service works by a configuration now: readiness waits until every one of them says so."""

from __future__ import annotations

import msgspec

from contracts.envelope import Message
from contracts.stored import CommandContext, Record, Row
from services.case.reactions.showing import show


class _Applied(msgspec.Struct):
    """What the `ConfigurationApplied` of channels and of routing have in common."""

    digest: str


async def note_configuration_on_configuration_applied(
    message: Message, context: CommandContext, *, record: Record
) -> None:
    """Write which one, by origin."""
    fact = msgspec.json.decode(message.data, type=_Applied)
    await show(context, record, Row("note_configuration", (message.origin, fact.digest)))
