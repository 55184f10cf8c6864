"""A person says that two customers are not one after all."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.case.commands.finding import find_customer
from services.case.domain import merging
from services.case.domain.permissions import Permission, require
from services.case.domain.texts import NOTE_LENGTH_MAX, checked_text
from services.case.ports import Directory


class UnmergeCustomers(msgspec.Struct, frozen=True):
    """The merge to be undone. `reason`: in words."""

    merge_id: UUID
    reason: str


async def unmerge_customers(
    command: UnmergeCustomers, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Put it on both records at once. Outcome: `merge_id`, `source_id`, `target_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, CUSTOMER_ERASED, INVALID_INPUT (undone already, reason empty), TEXT_TOO_LONG.
    """
    require(context.actor, Permission.MERGE_CUSTOMERS)
    reason = checked_text(command.reason, "reason", length_max=NOTE_LENGTH_MAX)

    async def decide() -> Work:
        merged = await directory.customers_of_merge(command.merge_id)
        if merged is None:
            raise Refusal(RefusalCode.NOT_FOUND, "no such merge", "mergeId")
        source = await find_customer(record, merged[0], "mergeId")
        target = await find_customer(record, merged[1], "mergeId")
        merging.unmerge(source, target, merge_id=command.merge_id, reason=reason, at=context.at)
        return Work(
            streams=(source, target),
            outcome={
                "merge_id": str(command.merge_id),
                "source_id": str(source.id),
                "target_id": str(target.id),
            },
        )

    return await record.transact(context, decide, serialise_on=(command.merge_id,))
