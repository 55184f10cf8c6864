"""Two customers are not one after all: each belongs again to whom it would belong without that."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Work
from services.routing.commands.decision import ROUTER
from services.routing.domain.duo import Duo, duo_id
from services.routing.domain.kin import strongest
from services.routing.ports import Floor, Record


class PartCustomers(msgspec.Struct, frozen=True):
    """From now on the source is shown alone."""

    merge_id: UUID
    source_id: UUID
    target_id: UUID


async def part_customers(command: PartCustomers, context: CommandContext, *, record: Record, floor: Floor) -> Committed:
    """Note it, and who owns each from now on; a merge that is not known changes nothing."""

    async def decide() -> Work:
        source = await record.load(Duo, duo_id(command.source_id))
        target = await record.load(Duo, duo_id(command.target_id))
        if source is None or target is None or source.joined != command.merge_id:
            return Work()
        left, whole = await floor.kin_below(command.source_id), await floor.kin(command.target_id)
        stay = tuple(each for each in whole.members if each not in left.members)
        source.part(merge_id=command.merge_id, at=context.at)
        source.share(claim=left.owned, at=context.at)
        target.share(claim=strongest(each for each in whole.claims if each.customer_id in stay), at=context.at)
        return Work(streams=(source, target))

    return await record.transact(context, decide, serialise_on=(ROUTER,))
