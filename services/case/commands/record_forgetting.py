"""Channels has forgotten a part of an erased customer's contacts."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_erasure
from services.case.commands.placing import with_facts


class RecordForgetting(msgspec.Struct, frozen=True):
    """What channels counted: facts that cannot be read any more, keys destroyed, tables purged."""

    request_id: UUID
    part: int
    events: int
    keys_destroyed: int
    stores: tuple[str, ...]


async def record_forgetting(command: RecordForgetting, context: CommandContext, *, record: Record) -> Committed:
    """Note the answer, once. Outcome: empty.

    Raises:
        Refusal: NOT_FOUND, where this record does not know the request.
    """

    async def decide() -> Work:
        erasure = await find_erasure(record, command.request_id)
        erasure.note_forgotten(
            part=command.part,
            events=command.events,
            keys_destroyed=command.keys_destroyed,
            stores=command.stores,
            at=context.at,
        )
        return Work(streams=with_facts(erasure))

    return await record.transact(context, decide, serialise_on=(command.request_id,))
