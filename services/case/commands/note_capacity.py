"""Routing told whether there is too much: it goes on record here, where its place in our own order is known."""

from __future__ import annotations

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.domain.known_capacity import CAPACITY_ID, CapacityStanding, KnownCapacity


class NoteCapacity(msgspec.Struct, frozen=True):
    """How it stands."""

    standing: CapacityStanding


async def note_capacity(command: NoteCapacity, context: CommandContext, *, record: Record) -> Committed:
    """Record what is new of it."""

    async def decide() -> Work:
        known = await record.load(KnownCapacity, CAPACITY_ID)
        if known is None:
            known = KnownCapacity.introduce(standing=command.standing, at=context.at)
        else:
            known.change(standing=command.standing, at=context.at)
        return Work(streams=(known,))

    return await record.transact(context, decide, serialise_on=(CAPACITY_ID,))
