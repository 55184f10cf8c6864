"""Channels has withheld its copies of a redacted entry."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_redaction
from services.case.commands.placing import with_facts


class RecordWithholding(msgspec.Struct, frozen=True):
    """What channels counted: facts that cannot be read any more, keys destroyed, tables purged."""

    redaction_id: UUID
    events: int
    keys_destroyed: int
    stores: tuple[str, ...]


async def record_withholding(command: RecordWithholding, context: CommandContext, *, record: Record) -> Committed:
    """Note the answer, once. Outcome: empty.

    Raises:
        Refusal: NOT_FOUND, where this record does not know the redaction.
    """

    async def decide() -> Work:
        redaction = await find_redaction(record, command.redaction_id)
        redaction.note_withheld(
            events=command.events, keys_destroyed=command.keys_destroyed, stores=command.stores, at=context.at
        )
        return Work(streams=with_facts(redaction))

    return await record.transact(context, decide, serialise_on=(command.redaction_id,))
