"""Entries were redacted, or kept long enough: what is here of them is to be withheld."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.channels.domain.withholding import Withholding, withholding_id_of


class BeginWithholding(msgspec.Struct, frozen=True):
    """The entries, by the redaction that names them. `expired`: they were kept long enough."""

    redaction_id: UUID
    entry_ids: tuple[UUID, ...]
    expired: bool = False


async def begin_withholding(command: BeginWithholding, context: CommandContext, *, record: Record) -> Committed:
    """Take it on, once: a worker does it, and goes on with it after a crash. Outcome: empty."""
    withholding_id = withholding_id_of(command.redaction_id)

    async def decide() -> Work:
        if await record.load(Withholding, withholding_id) is not None:
            return Work()
        withholding = Withholding.begin(
            redaction_id=command.redaction_id,
            entry_ids=command.entry_ids,
            expired=command.expired,
            at=context.at,
        )
        return Work(streams=(withholding,))

    return await record.transact(context, decide, serialise_on=(withholding_id,))
