"""What was here of a redacted entry is withheld: say so."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.channels.domain.withholding import Withholding


class CompleteWithholding(msgspec.Struct, frozen=True):
    """What was done: facts that cannot be read any more, keys destroyed, tables purged."""

    withholding_id: UUID
    events: int
    keys_destroyed: int
    stores: tuple[str, ...]


async def complete_withholding(command: CompleteWithholding, context: CommandContext, *, record: Record) -> Committed:
    """Sign off, once: the case service is told. Outcome: empty.

    Raises:
        Refusal: NOT_FOUND.
    """

    async def decide() -> Work:
        withholding = await record.load(Withholding, command.withholding_id)
        if withholding is None:
            raise Refusal(RefusalCode.NOT_FOUND, "nothing of that id is to be withheld")
        if withholding.done:
            return Work()
        withholding.complete(
            events=command.events, keys_destroyed=command.keys_destroyed, stores=command.stores, at=context.at
        )
        return Work(streams=(withholding,))

    return await record.transact(context, decide, serialise_on=(command.withholding_id,))
