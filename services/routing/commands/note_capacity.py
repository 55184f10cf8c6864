"""Takes note that more comes in than those on duty can do, or does no longer: once, however many routers watch."""

from __future__ import annotations

import msgspec

from contracts.stored import CommandContext, Committed, Work
from services.routing.domain.capacity import CAPACITY_ID, Capacity, judged
from services.routing.domain.load import Load
from services.routing.domain.policy import Policy
from services.routing.ports import Record


class NoteCapacity(msgspec.Struct, frozen=True):
    """The work of the last hour, and who was rostered for it."""

    load: Load


async def note_capacity(command: NoteCapacity, context: CommandContext, *, record: Record, policy: Policy) -> Committed:
    """Raise or clear the alarm, or leave it as it is. Outcome: `short`, as it stands now."""

    async def decide() -> Work:
        capacity = await record.load(Capacity, CAPACITY_ID)
        short, offered = judged(capacity, command.load, policy), command.load.offered(policy)
        outcome = {"short": short}
        if offered is None or (capacity is None and not short):
            return Work(outcome=outcome)
        if capacity is None:
            capacity = Capacity.begin(load=command.load, offered=offered, at=context.at)
        else:
            capacity.turn(short=short, load=command.load, offered=offered, at=context.at)
        return Work(streams=(capacity,) if capacity.pending_events else (), outcome=outcome)

    return await record.transact(context, decide, serialise_on=(CAPACITY_ID,))
