"""A person says that two customers are one."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.case.commands.finding import find_customer
from services.case.domain import merging
from services.case.domain.permissions import Permission, require
from services.case.domain.texts import NOTE_LENGTH_MAX, checked_text


class MergeCustomers(msgspec.Struct, frozen=True):
    """The merge `merge_id`: the source is shown as the target."""

    merge_id: UUID
    source_id: UUID
    target_id: UUID
    reason: str


async def merge_customers(command: MergeCustomers, context: CommandContext, *, record: Record) -> Committed:
    """Put it on both records at once. Outcome: `merge_id`, `source_id`, `target_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, ALREADY_MERGED, CUSTOMER_ERASED, CUSTOMER_RESTRICTED, INVALID_INPUT (both are
            one, reason empty, too many), TEXT_TOO_LONG.
    """
    require(context.actor, Permission.MERGE_CUSTOMERS)
    reason = checked_text(command.reason, "reason", length_max=NOTE_LENGTH_MAX)

    async def decide() -> Work:
        source = await find_customer(record, command.source_id, "sourceId")
        target = await find_customer(record, command.target_id, "targetId")
        merging.merge(source, target, merge_id=command.merge_id, reason=reason, at=context.at)
        return Work(
            streams=(source, target),
            outcome={
                "merge_id": str(command.merge_id),
                "source_id": str(source.id),
                "target_id": str(target.id),
            },
        )

    return await record.transact(context, decide, serialise_on=(command.source_id, command.target_id))
