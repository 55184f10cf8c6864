"""Two customers turned out to be one: of those who own them the one who was in touch last does from now on."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Stream, Work
from services.routing.commands.decision import ROUTER
from services.routing.commands.taking_away import taken_away
from services.routing.domain.duo import Duo, duo_id
from services.routing.domain.kin import Kin, strongest
from services.routing.ports import Floor, Record


class JoinCustomers(msgspec.Struct, frozen=True):
    """From now on the source is shown as the target."""

    merge_id: UUID
    source_id: UUID
    target_id: UUID


async def join_customers(command: JoinCustomers, context: CommandContext, *, record: Record, floor: Floor) -> Committed:
    """Note it, and who owns them together. Whom one of them refuses loses the open cases of the other at once."""

    async def decide() -> Work:
        source = await _duo(command.source_id, context, record)
        target = await _duo(command.target_id, context, record)
        sides = [await floor.kin(each) for each in (command.source_id, command.target_id)]
        source.join(merge_id=command.merge_id, target_id=command.target_id, at=context.at)
        target.share(claim=strongest(side.owned for side in sides), at=context.at)
        moved: list[Stream] = []
        for side, other in zip(sides, reversed(sides), strict=True):
            moved += await _taken_away(side, other, context, record=record, floor=floor)
        return Work(streams=(source, target, *(each for each in moved if each.pending_events)))

    return await record.transact(context, decide, serialise_on=(ROUTER,))


async def _taken_away(side: Kin, other: Kin, context: CommandContext, *, record: Record, floor: Floor) -> list[Stream]:
    """Open cases of the one side with agents who are kept from the other."""
    duos = [await record.load(Duo, duo_id(each)) for each in other.members]
    barred = frozenset[UUID]().union(*(duo.excluded for duo in duos if duo is not None))
    moved: list[Stream] = []
    for agent_id in sorted(barred):
        moved += await taken_away(side.root_id, agent_id, context, barred=barred, record=record, floor=floor)
    return moved


async def _duo(customer_id: UUID, context: CommandContext, record: Record) -> Duo:
    found = await record.load(Duo, duo_id(customer_id))
    return found or Duo.meet(customer_id=customer_id, at=context.at)
