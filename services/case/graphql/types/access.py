"""Who saw what, for those who check."""

from __future__ import annotations

import strawberry
from strawberry import field

from contracts.vocabulary import Actor as StoredActor
from contracts.vocabulary import Role
from services.case.domain.access import AccessAction, AccessRelation, AccessSeen
from services.case.graphql import ids
from services.case.graphql.context import Info
from services.case.graphql.ids import IdType
from services.case.graphql.refs import CaseRef, CustomerRef
from services.case.graphql.scalars import Instant
from services.case.graphql.types.interfaces import Actor, PageInfo


@strawberry.type(name="AccessEntry")
class AccessEntryType:
    """One subject that one request showed to somebody, or one attempt that was denied. It holds no personal data."""

    id: strawberry.ID = field(description="Opaque.")
    occurred_at: Instant = field(description="When.")
    role: Role = field(description="In which role; INTEGRATION where none is known: of a refused token.")
    action: AccessAction = field(description="What was done.")
    purpose: str | None = field(description="What for: the code that was given, and `; ref=` its ticket.")
    relation: AccessRelation = field(
        description="How near the actor was to the case, or to an open case of the customer."
    )
    operation: str | None = field(description="The name of the operation, else its first root field.")
    client: str | None = field(description="The program, as its `Eender-Client` header or user agent calls it.")
    fields: list[str] = field(description="The fields that were asked for, as `Type.field`.")
    seen: strawberry.Private[AccessSeen]

    @strawberry.field
    async def actor(self, info: Info) -> Actor:
        """Who."""
        return await _actor(info, self.seen.entry.actor)

    @strawberry.field
    async def on_behalf_of(self, info: Info) -> Actor | None:
        """For whom, where it was done for somebody: the bot that a machine acts as."""
        behind = self.seen.entry.on_behalf_of
        return None if behind is None else await _actor(info, behind)

    @strawberry.field
    async def customer(self, info: Info) -> CustomerRef | None:
        """Whose data it was, if it was one customer's."""
        return await info.context.make.customer_by_id(self.seen.entry.customer_id)

    @strawberry.field
    async def case(self, info: Info) -> CaseRef | None:
        """The case it was, if it was one."""
        return await info.context.make.case_by_id(self.seen.case_id)

    @classmethod
    def of(cls, seen: AccessSeen) -> AccessEntryType:
        """A subject of an entry as it is shown."""
        entry = seen.entry
        ticket = f"; ref={entry.ticket}" if entry.ticket else ""
        return cls(
            id=ids.encode(IdType.ACCESS, f"{entry.entry_id}/{seen.number}"),
            occurred_at=Instant(entry.occurred_at),
            role=entry.actor.role or Role.INTEGRATION,
            action=entry.action,
            purpose=None if entry.purpose is None else f"{entry.purpose}{ticket}",
            relation=seen.relation,
            operation=entry.operation,
            client=entry.client,
            fields=list(entry.fields),
            seen=seen,
        )


async def _actor(info: Info, actor: StoredActor) -> Actor:
    return await info.context.make.actor(actor.kind, actor.ref)


@strawberry.type
class AccessEdge:
    """An entry in a list."""

    cursor: str = field(description="Pass it as `after` to go on behind this one.")
    node: AccessEntryType = field(description="The entry.")


@strawberry.type
class AccessConnection:
    """A page of the access log."""

    nodes: list[AccessEntryType] = field(description="The entries of this page.")
    edges: list[AccessEdge] = field(description="The same with their cursors.")
    page_info: PageInfo = field(description="Where this page stands.")


@strawberry.input
class AccessLogWhere:
    """Which entries: everything that is given must hold."""

    customer_id: strawberry.ID | None = field(default=None, description="Of this customer, the cases included.")
    actor_id: strawberry.ID | None = field(
        default=None, description="Of this person or machine, in any role, or for them."
    )
    action: AccessAction | None = field(default=None, description="Of this kind.")
    relation: AccessRelation | None = field(default=None, description="By somebody this near to the case.")
    from_: Instant | None = field(default=None, name="from", description="From this moment on.")
    to: Instant | None = field(default=None, description="Before this moment.")
