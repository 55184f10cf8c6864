"""A person says that two customers are one."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Refusal, RefusalCode
from services.case.commands.belonging import ORGANISATIONS, find_above, leads_to
from services.case.commands.finding import check_customer_usable, find_customer, find_shown_as_one
from services.case.domain import merging
from services.case.domain.customer import Customer
from services.case.domain.details import check_levels
from services.case.domain.permissions import Permission, require
from services.case.domain.texts import NOTE_LENGTH_MAX, checked_text
from services.case.ports import Directory


class MergeCustomers(msgspec.Struct, frozen=True):
    """The merge `merge_id`: the source is shown as the target."""

    merge_id: UUID
    source_id: UUID
    target_id: UUID
    reason: str


async def merge_customers(
    command: MergeCustomers, context: CommandContext, *, record: Record, directory: Directory
) -> Committed:
    """Put it on both records at once. Outcome: `merge_id`, `source_id`, `target_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, ALREADY_MERGED, CUSTOMER_ERASED, CUSTOMER_RESTRICTED (either, or who is shown as
            it), INVALID_INPUT (both are one, reason empty, too many, an organisation into what is none, into what
            belongs to it, or too many levels), TEXT_TOO_LONG.
    """
    require(context.actor, Permission.MERGE_CUSTOMERS)
    reason = checked_text(command.reason, "reason", length_max=NOTE_LENGTH_MAX)

    async def decide() -> Work:
        source = await find_customer(record, command.source_id, "sourceId")
        target = await find_customer(record, command.target_id, "targetId")
        merging.check_mergeable(source, target, context.at)
        people = [await find_shown_as_one(record, each) for each in (source, target)]
        for each, path in zip((source, target), ("sourceId", "targetId"), strict=True):
            await check_customer_usable(record, each, path, at=context.at)
        await _check_organisations(source, target, people[0], record, directory)
        count = sum(len(each) for each in people) - 1
        merging.merge(source, target, count=count, merge_id=command.merge_id, reason=reason, at=context.at)
        return Work(
            streams=(source, target),
            outcome={
                "merge_id": str(command.merge_id),
                "source_id": str(source.id),
                "target_id": str(target.id),
            },
        )

    return await record.transact(context, decide, serialise_on=(command.source_id, command.target_id, ORGANISATIONS))


async def _check_organisations(
    source: Customer, target: Customer, of_source: list[Customer], record: Record, directory: Directory
) -> None:
    """Let pass what keeps organisations a tree that is not too high, of whomever they are shown as.

    Raises:
        Refusal: INVALID_INPUT at targetId.
    """
    if await leads_to(record, target.organisation_id, of_source):
        raise Refusal(RefusalCode.INVALID_INPUT, "it belongs to the other, also through others", "targetId")
    below = [await directory.levels_below(each.id) for each in (source, target)]
    if any(below):
        check_levels(len(await find_above(record, target.organisation_id)) + 1 + max(below), "targetId")
