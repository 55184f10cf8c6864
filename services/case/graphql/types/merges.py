"""Customers who turned out to be one: what is asked, and what is answered."""

from __future__ import annotations

import strawberry
from strawberry import field

from services.case.graphql.context import Info
from services.case.graphql.inputs import KEY
from services.case.graphql.refs import CustomerRef
from services.case.graphql.scalars import Instant
from services.case.graphql.types.errors import UserError
from services.case.graphql.types.interfaces import Actor, Node
from services.case.graphql.types.payloads import ERRORS, POSITION, VERSION
from services.case.queries.merges import MergeRow


@strawberry.type
class Merge(Node):
    """One customer turned out to be another. Undoing it loses nothing: each kept what came in for it."""

    merged_at: Instant = field(description="When somebody said so.")
    reason: str = field(description="Why, in words; empty where it may not be shown.")
    undone_at: Instant | None = field(description="When somebody took it back.")
    row: strawberry.Private[MergeRow]

    @strawberry.field
    async def source(self, info: Info) -> CustomerRef:
        """Who is shown as the other."""
        return await info.context.make.known_customer(self.row.source_id)

    @strawberry.field
    async def target(self, info: Info) -> CustomerRef:
        """As whom."""
        return await info.context.make.known_customer(self.row.target_id)

    @strawberry.field
    async def merged_by(self, info: Info) -> Actor:
        """Who said so."""
        return await info.context.make.actor(self.row.merged_by_kind, self.row.merged_by_ref)


@strawberry.input
class CustomerMergeInput:
    """Two customers are one."""

    source_id: strawberry.ID = field(description="Who is shown as the other from now on.")
    target_id: strawberry.ID = field(description="As whom.")
    reason: str = field(description="Why, in words.")
    idempotency_key: str = field(description=KEY)


@strawberry.input
class CustomerUnmergeInput:
    """Two customers are not one after all."""

    merge_id: strawberry.ID = field(description="The merge to be undone.")
    reason: str = field(description="Why, in words.")
    idempotency_key: str = field(description=KEY)


@strawberry.type
class CustomerMergePayload:
    """The answer to `customerMerge`."""

    merge: Merge | None = field(default=None, description="The merge; keep its id to undo it.")
    customer: CustomerRef | None = field(default=None, description="The customer as whom both are shown.")
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)


@strawberry.type
class CustomerUnmergePayload:
    """The answer to `customerUnmerge`."""

    customers: list[CustomerRef] | None = field(default=None, description="Both, each alone again.")
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)
