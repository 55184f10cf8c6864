"""Contacts of an erased customer are forgotten: say so."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.channels.domain.forgetting import Forgetting


class CompleteForgetting(msgspec.Struct, frozen=True):
    """What was done: facts that cannot be read any more, keys destroyed, tables purged."""

    forgetting_id: UUID
    events: int
    keys_destroyed: int
    stores: tuple[str, ...]


async def complete_forgetting(command: CompleteForgetting, context: CommandContext, *, record: Record) -> Committed:
    """Sign off, once: the case service is told. Outcome: empty.

    Raises:
        Refusal: NOT_FOUND.
    """

    async def decide() -> Work:
        forgetting = await record.load(Forgetting, command.forgetting_id)
        if forgetting is None:
            raise Refusal(RefusalCode.NOT_FOUND, "nothing of that id is to be forgotten")
        if forgetting.done:
            return Work()
        forgetting.complete(
            events=command.events, keys_destroyed=command.keys_destroyed, stores=command.stores, at=context.at
        )
        return Work(streams=(forgetting,))

    return await record.transact(context, decide, serialise_on=(command.forgetting_id,))
