"""The last step of an approved erasure: its receipt."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_erasure
from services.case.commands.placing import with_facts
from services.case.domain.restriction import Retained


class CompleteErasure(msgspec.Struct, frozen=True):
    """What was done here: facts that cannot be read any more, keys destroyed, tables rewritten, what stays."""

    request_id: UUID
    events: int
    keys_destroyed: int
    stores: tuple[str, ...]
    retained: tuple[Retained, ...]


async def complete_erasure(command: CompleteErasure, context: CommandContext, *, record: Record) -> Committed:
    """Sign off, once, after keys are destroyed and tables rewritten. Outcome: empty."""

    async def decide() -> Work:
        erasure = await find_erasure(record, command.request_id)
        erasure.complete(
            events=command.events,
            keys_destroyed=command.keys_destroyed,
            stores=command.stores,
            retained=command.retained,
            at=context.at,
        )
        return Work(streams=with_facts(erasure))

    return await record.transact(context, decide, serialise_on=(command.request_id,))
