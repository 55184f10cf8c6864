"""Contacts of an erased customer are to be forgotten."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.channels.domain.forgetting import Forgetting, forgetting_id_of


class BeginForgetting(msgspec.Struct, frozen=True):
    """A part of the customer's contacts, by the request that erases them."""

    request_id: UUID
    part: int
    contact_ids: tuple[UUID, ...]


async def begin_forgetting(command: BeginForgetting, context: CommandContext, *, record: Record) -> Committed:
    """Take it on, once: a worker does it, and goes on with it after a crash. Outcome: empty."""
    forgetting_id = forgetting_id_of(command.request_id, command.part)

    async def decide() -> Work:
        if await record.load(Forgetting, forgetting_id) is not None:
            return Work()
        forgetting = Forgetting.begin(
            request_id=command.request_id, part=command.part, contact_ids=command.contact_ids, at=context.at
        )
        return Work(streams=(forgetting,))

    return await record.transact(context, decide, serialise_on=(forgetting_id,))
