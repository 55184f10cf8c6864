"""A clock is about to run out, or has: that is put on record, once for each moment at which it is due."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.targets import Matter, ServiceLevels
from contracts.vocabulary import ClockKind
from services.case.commands.finding import find_case
from services.case.commands.placing import with_facts
from services.case.domain import handling, noticing
from services.case.domain.case import Case
from services.case.domain.case_clocks import CaseClocks, clocks_id
from services.case.domain.clock import clock_key
from services.case.domain.noticing import Noticed

NOTHING_AGREED = ServiceLevels()


class NoticeClock(msgspec.Struct, frozen=True):
    """The clock that seems to have come to its warning or its end. `clock_of`: what it is for."""

    case_id: UUID
    kind: ClockKind
    clock_of: UUID


async def notice_clock(
    command: NoticeClock, context: CommandContext, *, record: Record, levels: ServiceLevels = NOTHING_AGREED
) -> Committed:
    """Record it, where that is so, and that the case is sooner for it, where `levels` says so.

    How loud anybody is makes nothing sooner. Outcome: `noticed`: WARNED, MISSED or None.

    Raises:
        Refusal: NOT_FOUND.
    """

    async def decide() -> Work:
        case = await find_case(record, command.case_id)
        clocks = await record.load(CaseClocks, clocks_id(case.id))
        clock = None if clocks is None else clocks.clocks.get(clock_key(command.kind, command.clock_of))
        noticed = None if clock is None else noticing.notice(case, clock, at=context.at)
        if noticed is Noticed.WARNED and clocks is not None:
            _raise(case, command.kind, clocks.team, levels, context)
        return Work(streams=with_facts(case), outcome={"noticed": noticed})

    return await record.transact(context, decide, serialise_on=(command.case_id,))


def _raise(case: Case, kind: ClockKind, team: str | None, levels: ServiceLevels, context: CommandContext) -> None:
    """Make the case as soon as a warning is agreed to make it."""
    contacts = list(case.contacts.values())
    if kind is ClockKind.COMMITMENT or not contacts or case.is_resolved or case.erased:
        return
    matter = Matter(channel=contacts[-1].channel, priority=case.priority, team=team, brand=case.brand)
    wanted = levels.warned_priority(kind, matter)
    if wanted is not None:
        handling.set_priority(case, priority=wanted, reason=f"{kind.value} is about to run out", at=context.at)
