"""Channels has withheld its copies of a redacted entry, of an expired case, or of an expired mention."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Stream, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.case.commands.placing import with_facts
from services.case.domain.mention import Mention
from services.case.domain.redaction import Redaction


class RecordWithholding(msgspec.Struct, frozen=True):
    """What channels counted, by the id of the redaction or the mention.

    Facts that cannot be read any more, keys destroyed, tables purged.
    """

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
        answered = await record.load(Stream, command.redaction_id)
        if not isinstance(answered, Redaction | Mention):
            raise Refusal(RefusalCode.NOT_FOUND, "no such redaction")
        answered.note_withheld(
            events=command.events, keys_destroyed=command.keys_destroyed, stores=command.stores, at=context.at
        )
        return Work(streams=with_facts(answered))

    return await record.transact(context, decide, serialise_on=(command.redaction_id,))
