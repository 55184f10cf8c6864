"""The last step of a redaction: no copy is left."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_redaction
from services.case.commands.placing import with_facts


class CompleteRedaction(msgspec.Struct, frozen=True):
    """What was done here: facts that cannot be read any more, tables rewritten, and the transport's messages."""

    redaction_id: UUID
    events: int
    stores: tuple[str, ...]


async def complete_redaction(command: CompleteRedaction, context: CommandContext, *, record: Record) -> Committed:
    """Sign off, once, after tables are rewritten and channels has answered. Outcome: empty."""

    async def decide() -> Work:
        redaction = await find_redaction(record, command.redaction_id)
        redaction.complete(events=command.events, stores=command.stores, at=context.at)
        return Work(streams=with_facts(redaction))

    return await record.transact(context, decide, serialise_on=(command.redaction_id,))
