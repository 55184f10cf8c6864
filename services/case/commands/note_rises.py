"""Takes note of what is written about more than usual, or is no longer: once, however many processes watch."""

from __future__ import annotations

import msgspec

from contracts.rise import Rise
from contracts.stored import CommandContext, Committed, Record, Work
from services.case.domain.rises import RISES_ID, Rises, turned


class NoteRises(msgspec.Struct, frozen=True):
    """What came in lately of every matter, beside what is usual."""

    seen: tuple[Rise, ...]


async def note_rises(command: NoteRises, context: CommandContext, *, record: Record) -> Committed:
    """Tell what begins and what is over, or leave it as it is. Outcome: how many `rose` and `ended`."""

    async def decide() -> Work:
        rises = await record.load(Rises, RISES_ID)
        rose, ended = turned(() if rises is None else rises.rising, command.seen)
        outcome = {"rose": len(rose), "ended": len(ended)}
        if rises is None:
            return Work(streams=(Rises.begin(rose, at=context.at),) if rose else (), outcome=outcome)
        rises.turn(rose, ended, at=context.at)
        return Work(streams=(rises,) if rises.pending_events else (), outcome=outcome)

    return await record.transact(context, decide, serialise_on=(RISES_ID,))
