"""Saying that two customers are one, and taking it back."""

from __future__ import annotations

from uuid import UUID

from services.case.commands.merge_customers import MergeCustomers, merge_customers
from services.case.commands.unmerge_customers import UnmergeCustomers, unmerge_customers
from services.case.domain.permissions import Permission, require
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.mutations.running import carry_out, named, position_of
from services.case.graphql.types.merges import (
    CustomerMergeInput,
    CustomerMergePayload,
    CustomerUnmergeInput,
    CustomerUnmergePayload,
)


async def merge(context: RequestContext, asked: CustomerMergeInput) -> CustomerMergePayload:
    """Show one customer as the other."""
    require(context.principal.actor, Permission.MERGE_CUSTOMERS)
    deps = context.deps
    command = MergeCustomers(
        merge_id=deps.ids.new(),
        source_id=named(IdType.CUSTOMER, asked.source_id, "sourceId"),
        target_id=named(IdType.CUSTOMER, asked.target_id, "targetId"),
        reason=asked.reason,
    )
    done = await carry_out(
        context,
        "customerMerge",
        asked,
        lambda how: merge_customers(command, how, record=deps.record, directory=deps.directory),
    )
    target_id = UUID(done.outcome["target_id"])
    version = done.versions.get(target_id)
    return CustomerMergePayload(
        merge=await context.make.merge_by_id(UUID(done.outcome["merge_id"])),
        customer=await context.make.whole_customer(target_id),
        version=version,
        position=await position_of(context, target_id, version),
    )


async def unmerge(context: RequestContext, asked: CustomerUnmergeInput) -> CustomerUnmergePayload:
    """Show each alone again."""
    require(context.principal.actor, Permission.MERGE_CUSTOMERS)
    deps = context.deps
    command = UnmergeCustomers(named(IdType.MERGE, asked.merge_id, "mergeId"), asked.reason)
    done = await carry_out(
        context,
        "customerUnmerge",
        asked,
        lambda how: unmerge_customers(command, how, record=deps.record, directory=deps.directory),
    )
    both = [UUID(done.outcome[name]) for name in ("source_id", "target_id")]
    version = done.versions.get(both[1])
    return CustomerUnmergePayload(
        customers=[await context.make.known_customer(customer_id) for customer_id in both],
        version=version,
        position=await position_of(context, both[1], version),
    )
